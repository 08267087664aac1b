/**
 * A checked scenario: what a file says after every default is filled in, every unit converted and every
 * reference resolved. Times are integer nanoseconds, sizes bytes, shares fractions of 1, rates per second.
 * Plain data, so that it travels to threads as it is. The simulator trusts it and checks nothing again.
 */
import type { HealthCheckConf } from '../config/config.ts';
import type { BalancerSpec as BalancerOf, LbMethodRef, MemberSpec } from '../config/spec.ts';
import type { MetricName, WorkerMetric } from './metrics.ts';

export type { LbMethodRef, StatusLetters, StickySpec } from '../config/spec.ts';

/** A distribution by its parameters; values in the unit of its field (nanoseconds, bytes or a count). */
export type DistributionSpec =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  | { readonly kind: 'uniform'; readonly min: number; readonly max: number }
  | { readonly kind: 'erlang'; readonly k: number; readonly mean: number }
  | { readonly kind: 'gamma' | 'weibull'; readonly shape: number; readonly mean: number }
  | { readonly kind: 'lognormal'; readonly mean: number; readonly cv: number }
  | { readonly kind: 'pareto'; readonly shape: number; readonly min: number; readonly max: number }
  | {
      readonly kind: 'hyperexponential';
      readonly branches: readonly { readonly share: number; readonly mean: number }[];
    }
  | { readonly kind: 'samples'; readonly values: readonly number[] }
  | { readonly kind: 'geometric' | 'poisson'; readonly mean: number }
  | { readonly kind: 'zipf'; readonly exponent: number; readonly max: number };

/** A BalancerMember with the backend behind it. */
export interface WorkerSpec extends MemberSpec {
  /** Index into `backends`. */
  readonly backend: number;
  /** How long the balancer tries to connect. */
  readonly connectTimeoutNs: number;
  /** Idle connections above this are closed when they are `ttlNs` old; null: none are. */
  readonly smax: number | null;
  /** A connection that was idle for this long is not used again; null: it does not age. */
  readonly ttlNs: number | null;
  /** null: not checked. */
  readonly health: HealthSpec | null;
}

/** How the simulator checks a worker. */
export interface HealthSpec extends Pick<HealthCheckConf, 'method' | 'intervalNs'> {
  /** Of the statuses 200 (served), 500 (an error) and 503 (no place) those that pass. */
  readonly passing: readonly number[];
}

/** How heartbeats come to the methods that listen to them (spec: httpd 7). */
export interface HeartbeatSpec {
  /** From one datagram of a worker to the next. */
  readonly intervalNs: number;
  /** From one publishing of the monitor's table to the next. */
  readonly publishNs: number;
  /** Share of datagrams that get lost. */
  readonly loss: number;
}

/** What a balancer is part of in the simulator, beside itself. */
export interface SettingSpec {
  /** Balancer instances that share the traffic, each with its own state. */
  readonly proxies: number;
  /** One decision for each request, or for each connection of a client. */
  readonly mode: 'http' | 'tcp';
  readonly heartbeat: HeartbeatSpec;
  /** Health checks of one instance at the same time; 0 acts as 1. */
  readonly checksAtOnce: number;
}

export interface BalancerSpec extends BalancerOf<WorkerSpec>, SettingSpec {}

/** How a backend comes back: its service takes `slow` times as long for `forNs`, or ever less so (`ramp`). */
export interface ColdSpec {
  readonly slow: number;
  readonly forNs: number;
  readonly ramp: boolean;
}

export interface BackendSpec {
  readonly name: string;
  readonly slots: number;
  readonly discipline: 'fifo' | 'ps';
  /** Waiting places; null is unlimited. */
  readonly queue: number | null;
  /** What a request meets when the queue is full: an answer 503, or a refused connection. */
  readonly queueFull: 'answer' | 'refuse';
  readonly service: DistributionSpec;
  readonly bytes: DistributionSpec;
  /** Share of answers that are 500, given at once and without a slot. */
  readonly errors: number;
  readonly rttNs: number;
  /** What opening a connection takes beside one round trip. */
  readonly connectNs: number;
  /** The backend closes connections that were idle for this long; null: it does not. */
  readonly keepaliveNs: number | null;
  /** Service time of a health check over HTTP. */
  readonly checkNs: number;
  /** After a restart; null: at full speed. */
  readonly cold: ColdSpec | null;
  readonly sessions: 'memory' | 'replicated';
}

export interface TraceSpec {
  readonly file: string;
  /** Nanoseconds since the first entry, not decreasing. */
  readonly atNs: Float64Array;
  /** Client number of each entry (index into the distinct addresses, in order of appearance). */
  readonly client: Uint32Array;
  /** Response size of each entry in bytes; negative: the backend's distribution says. */
  readonly bytes: Float64Array;
  readonly clientCount: number;
  /** Keys of the clients' addresses, and of the path of each entry. */
  readonly sourceKey: Uint32Array;
  readonly uriKey: Uint32Array;
  /** Resolution of the time stamps: entries are spread over it by the arrival stream. */
  readonly resolutionNs: number;
  /** The uniform behind each entry's service time; negative: drawn. Absent: all are. */
  readonly serviceUniform?: Float64Array;
}

/** Rates per second that follow each other in a circle, each for an exponential time; one at least is above 0. */
export interface MmppSpec {
  readonly kind: 'mmpp';
  readonly states: readonly { readonly perSecond: number; readonly meanNs: number }[];
}

/** Rates per second at points of time, straight lines between; the first is 0, none before the one before it. */
export interface ProfileSpec {
  readonly kind: 'profile';
  readonly atNs: readonly number[];
  readonly perSecond: readonly number[];
  readonly repeat: boolean;
}

export type ArrivalSpec =
  | { readonly kind: 'poisson'; readonly perSecond: number }
  | { readonly kind: 'constant'; readonly perSecond: number }
  | { readonly kind: 'closed'; readonly users: number; readonly think: DistributionSpec }
  | MmppSpec
  | ProfileSpec
  | { readonly kind: 'trace'; readonly trace: TraceSpec };

export interface SessionSpec {
  readonly requests: DistributionSpec;
  readonly think: DistributionSpec;
  readonly sticky: 'cookie' | 'path' | 'none';
}

/** What a client does after an error or a timeout. */
export interface RetrySpec {
  /** Further attempts. */
  readonly attempts: number;
  /** Before the first of them. */
  readonly backoffNs: number;
  /** Each wait is so many times the one before, but none is longer than `maxNs`. */
  readonly factor: number;
  readonly maxNs: number;
  /** Each wait is shortened by up to this share of itself. */
  readonly jitter: number;
  /** Shared by all clients of the class: retries that a request pays for, and how many can be saved up. */
  readonly budget: { readonly ratio: number; readonly burst: number } | null;
}

/** How often each of `max` things is asked for: the chance of the k-th falls as k^-exponent; 0: all alike. */
export interface PopularitySpec {
  readonly exponent: number;
  readonly max: number;
}

export interface ClientSpec {
  readonly name: string;
  readonly arrival: ArrivalSpec;
  /** Source addresses that the clients share; null: each has its own. */
  readonly addresses: PopularitySpec | null;
  /** Paths that they ask for; null: all for the same. */
  readonly paths: PopularitySpec | null;
  /** null: every arrival is one request. */
  readonly session: SessionSpec | null;
  /** null: the client waits for ever. */
  readonly timeoutNs: number | null;
  readonly retry: RetrySpec;
  /** With several proxies: what takes one at random and stays there. */
  readonly spread: 'session' | 'request' | 'address';
  /** With mode tcp: requests on one connection; null: those of a session. */
  readonly connection: DistributionSpec | null;
}

/** What balancer-manager can set on a worker; absent fields stay as they are (spec: httpd 8.3). */
export interface WorkerChange {
  readonly loadfactor?: number;
  readonly lbset?: number;
  readonly route?: string;
  readonly redirect?: string;
  /** Letters to set (true) and to clear (false), for example `{ D: true }`. */
  readonly status?: Readonly<Partial<Record<'I' | 'N' | 'D' | 'H' | 'R' | 'S' | 'C', boolean>>>;
}

/** What balancer-manager can set on the balancer (spec: httpd 8.4). */
export interface BalancerChange {
  readonly lbmethod?: LbMethodRef;
  readonly timeoutSeconds?: number;
  readonly maxattempts?: number;
  readonly nofailover?: boolean;
  /** null removes stickiness. */
  readonly stickysession?: { readonly cookie: string; readonly path: string } | null;
}

/** Troubles of workers without a measure. */
export type Trouble = 'crash' | 'hang' | 'pause' | 'blackhole';

/** Something that befalls workers for a time. */
interface Spell {
  readonly atNs: number;
  readonly forNs: number;
  readonly workers: readonly number[];
}

export type EventSpec =
  | (Spell & { readonly kind: Trouble })
  | (Spell & { readonly kind: 'slow'; readonly factor: number })
  | (Spell & { readonly kind: 'errors' | 'reset'; readonly share: number })
  /** Packets between these proxies and these workers are lost. */
  | (Spell & { readonly kind: 'partition'; readonly proxies: readonly number[] })
  | {
      readonly kind: 'manager';
      readonly atNs: number;
      readonly proxies: readonly number[];
      readonly worker: number;
      readonly change: WorkerChange;
    }
  | {
      readonly kind: 'manager';
      readonly atNs: number;
      readonly proxies: readonly number[];
      readonly worker: null;
      readonly change: BalancerChange;
    };

/** Something that befalls workers again and again: `up` from an end to the next begin, `down` from a begin to its end. */
export interface FaultSpec {
  readonly kind: Trouble | 'slow';
  readonly workers: readonly number[];
  /** Of `slow`; else 1. */
  readonly factor: number;
  readonly up: DistributionSpec;
  readonly down: DistributionSpec;
  /** Name of the stream it draws from. */
  readonly stream: string;
}

export type Comparator = '<' | '<=' | '>' | '>=' | '==';

/** One `expect` line. `bound` is in the metric's unit of `metrics.ts` (shares as fractions). */
export interface Expectation {
  /** As written in the file. */
  readonly text: string;
  readonly line: number;
  readonly metric: MetricName | { readonly worker: number; readonly field: WorkerMetric };
  readonly comparator: Comparator;
  readonly bound: number;
}

export interface RunSpec {
  /** Exactly one of the two is not null, except for a trace, where both may be (then the trace's end is the end). */
  readonly durationNs: number | null;
  readonly requests: number | null;
  /** null: `auto`, from a pilot. */
  readonly warmupNs: number | null;
  /** With `precision` those to begin with. */
  readonly replications: number;
  /** null: `replications` and no more. */
  readonly precision: PrecisionSpec | null;
}

/** Replications go on until the 95 % interval of a metric is narrow enough, or there are `max`. */
export interface PrecisionSpec {
  readonly metric: MetricName;
  /** Half of the interval over the true mean, between 0 and 1. */
  readonly relative: number;
  readonly max: number;
}

export interface Scenario {
  readonly name: string;
  readonly description: string;
  readonly seed: string;
  /** As given on the command line, for messages. */
  readonly file: string;
  /** Hex digest of what was read. */
  readonly sha256: string;
  readonly run: RunSpec;
  /** Threshold of `slo.attained`; null: the metric is absent. */
  readonly sloNs: number | null;
  readonly balancer: BalancerSpec;
  readonly backends: readonly BackendSpec[];
  readonly clients: readonly ClientSpec[];
  /** In order of time; equal times in the order of the file. */
  readonly events: readonly EventSpec[];
  readonly faults: readonly FaultSpec[];
  readonly expect: readonly Expectation[];
  /** What results must not be read without. */
  readonly notes?: readonly string[];
}
