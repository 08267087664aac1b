/** What the supervisor and its threads say to each other. Everything here can be cloned. */
import type { MemberConf, ProxyConfig } from '../../config/config.ts';
import type { LbMethodRef } from '../../config/spec.ts';
import type { Problem } from '../../problems/errors.ts';
import type { Counts } from '../admin/counts.ts';
import type { ClientLimits } from '../fronts.ts';
import type { GroupConf } from '../group.ts';
import type { Beat } from '../heartbeat/message.ts';
import type { ShadowReport } from '../observe/shadow.ts';
import type { Reloads } from '../reloads.ts';
import type { SharedMemory } from './shared-balancer.ts';

/** What a thread is started with. */
export interface Start {
  /** From 1; 0 is the supervisor. */
  readonly number: number;
  /** See `zeroOfClock`. */
  readonly zero: bigint;
  /** Name of the channel of `News`. */
  readonly channel: string;
  /** See `gauges.ts`. */
  readonly gauges: SharedArrayBuffer;
  /** See `shared-clients.ts`. */
  readonly clients: SharedArrayBuffer;
  readonly limits: ClientLimits;
  /** Decides beside every balancer; null: nobody does. */
  readonly shadow: LbMethodRef | null;
}

/** A balancer, or a worker that stands alone. */
export interface Share {
  readonly conf: GroupConf;
  readonly memory: SharedMemory;
  /** As `Group` has it. */
  readonly toldNs: Float64Array;
  /** Of the shadow's balancer; null without one. */
  readonly shadow: SharedMemory | null;
}

export interface Shares {
  /** Counts the configurations taken over. */
  readonly generation: number;
  readonly balancers: readonly Share[];
  readonly workers: readonly Share[];
}

/** To a thread. A configuration is prepared, and then taken over or dropped. */
export type Order =
  /** `sockets`: descriptors of sockets that listen, by `addressKey`. */
  | {
      readonly kind: 'prepare';
      readonly config: ProxyConfig;
      readonly sockets: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'take'; readonly shares: Shares }
  | { readonly kind: 'drop' }
  | { readonly kind: 'reloads'; readonly reloads: Partial<Reloads> }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'close'; readonly deadlineMs: number };

/** From a thread. Problems travel as data: an error would arrive without them. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'taken' }
  /** What its shadow has counted; the last that it says. */
  | { readonly kind: 'shadow'; readonly reports: readonly ShadowReport[] }
  /** Its last request by what a generation shares is over. */
  | { readonly kind: 'left'; readonly generation: number }
  | { readonly kind: 'failed'; readonly message: string; readonly problems: readonly Problem[] }
  | { readonly kind: 'log'; readonly line: string };

/** From a thread to all others and the supervisor. */
export type News =
  | {
      readonly kind: 'member';
      readonly generation: number;
      /** Of `Shares.balancers`. */
      readonly balancer: number;
      readonly worker: number;
      readonly member: MemberConf;
    }
  | { readonly kind: 'beat'; readonly server: string; readonly beat: Beat }
  /** Each other thread answers. */
  | { readonly kind: 'ask'; readonly question: string; readonly what: keyof Answers }
  | { readonly kind: 'answer'; readonly question: string; readonly answer: Answers[keyof Answers] };

/** What threads ask each other for. */
export interface Answers {
  readonly metrics: string;
  readonly counts: Counts;
}
