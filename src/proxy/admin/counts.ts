/** What one thread has under way, as plain data: threads tell each other, and `/status` adds it up. */
import { addedReports, type ShadowReport } from '../observe/shadow.ts';
import type { Inside } from './inside.ts';

export interface WorkerCounts {
  /** Requests that wait for a connection to it. */
  readonly waiting: number;
  /** Connections to it. */
  readonly inUse: number;
  readonly idle: number;
}

export interface GroupCounts {
  /** Requests under way; of these, those that wait for a worker or for a connection to one. */
  readonly open: number;
  readonly waiting: number;
  /** By name. */
  readonly workers: Readonly<Record<string, WorkerCounts>>;
}

export interface Counts {
  /** Clients' connections. */
  readonly connections: number;
  /** Requests under way, those of earlier configurations among them. */
  readonly open: number;
  /** Lines that could not be written to logs. */
  readonly lostLines: number;
  /** Of the present configuration, by label. */
  readonly groups: Readonly<Record<string, GroupCounts>>;
  /** Empty without a shadow. */
  readonly shadow: readonly ShadowReport[];
}

export function countsOf({ connections, open, lostLines, groups, shadow }: Inside): Counts {
  const all = [...groups.balancers, ...groups.workers].map((group) => {
    const { exchanges, backends, members } = group;
    const workers = members.map(({ name }, worker) => {
      const { inUse, idle } = backends[worker]!.stats;
      return [name, { waiting: exchanges.waitingFor(worker), inUse, idle }] as const;
    });
    const counts = { open: group.open, waiting: exchanges.waiting };
    return [group.label, { ...counts, workers: Object.fromEntries(workers) }] as const;
  });
  return { connections, open, lostLines, groups: Object.fromEntries(all), shadow };
}

/** The sum; names are those of the first. */
export function added(own: Counts, others: readonly Counts[]): Counts {
  const numbers = sum([own, ...others].map(({ shadow: _, ...rest }) => rest));
  const reports = others.map(({ shadow }) => shadow);
  return { ...numbers, shadow: addedReports(own.shadow, reports) };
}

type Numbers = { readonly [name: string]: number | Numbers };

function sum<T extends object>(all: readonly T[]): T {
  const [first] = all as readonly (T & Numbers)[];
  const names = Object.entries(first!).map(([name, value]) => {
    const values = (all as readonly (T & Numbers)[]).map((one) => one[name]);
    if (typeof value !== 'number') {
      return [name, sum(values.filter((one) => typeof one === 'object'))] as const;
    }
    return [name, values.reduce<number>((total, one) => total + Number(one ?? 0), 0)] as const;
  });
  return Object.fromEntries(names) as T;
}
