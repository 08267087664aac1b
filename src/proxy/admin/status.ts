/** The state of the proxy as JSON. */
import { version } from '../../version.ts';
import { allOf } from '../groups.ts';
import type { BalancerView } from '../manager/view.ts';
import type { Inside } from './inside.ts';
import { readiness } from './readiness.ts';

/** `balancers`: as the manager's API has them. */
export function statusJson(
  inside: Inside,
  balancers: readonly BalancerView[],
  nowNs: number,
): string {
  const { config, groups, generation, since, refused, draining, connections, limits, lostLines } =
    inside;
  const status = {
    version: 1,
    fairlead: version,
    node: process.version,
    pid: process.pid,
    started: new Date(performance.timeOrigin).toISOString(),
    configuration: { file: config.file, generation, since: since.toISOString(), refused },
    ...readiness(inside, nowNs),
    draining,
    connections,
    open: allOf(groups).reduce((sum, { open }) => sum + open, 0),
    lostLines,
    limits,
    balancers,
    ...(inside.shadow.length > 0 && { shadow: inside.shadow }),
    workers: groups.workers.map(({ name, open }) => ({ name, open })),
  };
  return `${JSON.stringify(status, null, 2)}\n`;
}
