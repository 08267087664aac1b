/** The state of the proxy as data for JSON. */
import { version } from '../../version.ts';
import { nameWithin } from '../groups.ts';
import type { BalancerView, MemberView } from '../manager/view.ts';
import type { Counts, GroupCounts } from './counts.ts';
import type { Inside } from './inside.ts';
import { workerLimitsOf } from './limits.ts';
import { readiness } from './readiness.ts';

/** Without what is counted by each thread. `views`: as the manager's API has them. */
export function statusOf(inside: Inside, views: readonly BalancerView[], nowNs: number) {
  const { config, groups, generation, since, refused, draining, limits } = inside;
  const members = new Map(groups.balancers.map((group) => [nameWithin(group), group.members]));
  const limitsOfMember = (balancer: string, { name }: MemberView) => {
    const member = members.get(balancer)?.find((one) => one.name === name);
    return member === undefined ? {} : workerLimitsOf(member, config);
  };
  return {
    version: 1,
    fairlead: version,
    node: process.version,
    pid: process.pid,
    started: new Date(performance.timeOrigin).toISOString(),
    configuration: { file: config.file, generation, since: since.toISOString(), refused },
    ...readiness(inside, nowNs),
    draining,
    limits,
    balancers: views.map((view) => ({
      ...view,
      members: view.members.map((member) => ({
        ...member,
        limits: limitsOfMember(view.name, member),
      })),
    })),
    workers: groups.workers.map(({ label, members: [member] }) => ({
      name: label,
      limits: workerLimitsOf(member!, config),
    })),
  };
}

/** With what all threads have under way. */
export function withCounts(status: ReturnType<typeof statusOf>, counts: Counts) {
  const { connections, open, lostLines, groups, shadow } = counts;
  return {
    ...status,
    connections,
    open,
    lostLines,
    balancers: status.balancers.map((balancer) => {
      const { workers, ...own } = groups[`balancer://${balancer.name}`] ?? none;
      const members = balancer.members.map((member) => ({ ...member, ...workers[member.name] }));
      return { ...balancer, ...own, members };
    }),
    workers: status.workers.map((worker) => {
      const { workers, open } = groups[worker.name] ?? none;
      return { ...worker, open, ...workers[worker.name] };
    }),
    ...(shadow.length > 0 && { shadow }),
  };
}

const none: GroupCounts = { open: 0, waiting: 0, workers: {} };
