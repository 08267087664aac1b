/**
 * A balancer as any file describes it, after defaults, units and references: what `balancerOf` makes the core
 * from. Plain data, so that it travels to threads as it is.
 */
import type { ModifiersConfig, ParameterValue } from '../core/index.ts';

/** Letters of httpd's status flags that are set at the start, for example `HN`. */
export type StatusLetters = string;

export interface MemberSpec {
  readonly name: string;
  /** As written (1 to 100); the core truncates it to hundredths as httpd does. */
  readonly loadfactor: number;
  readonly lbset: number;
  readonly route: string;
  readonly redirect: string;
  readonly status: StatusLetters;
  /** Whole seconds. */
  readonly retrySeconds: number;
  /** Connections at once; 0 is unlimited. */
  readonly max: number;
  /** How long a request waits for one of `max` connections; null waits for ever. */
  readonly acquireNs: number | null;
  /** How long the balancer waits for the status line. */
  readonly timeoutNs: number;
  /** A new connection for every request. */
  readonly disablereuse: boolean;
  /** Health checks that must pass to clear the member, and fail to mark it; absent: one. */
  readonly hcpasses?: number;
  readonly hcfails?: number;
  /** They have to do so in a row; absent: they add up, as in httpd. */
  readonly hcconsecutive?: boolean;
  /** Members of one host share a heartbeat entry; absent: a host of its own. */
  readonly host?: string;
}

/** A method of the registry, or of the user's own module (`file`, absolute), perhaps with parameters set. */
export interface LbMethodRef {
  /** What results call it: its name or path, and what is set. */
  readonly name: string;
  readonly file: string | null;
  /** Absent: every parameter has its default. */
  readonly set?: LbMethodSettings;
}

export interface LbMethodSettings {
  /** The method's name in the registry, or its path. */
  readonly method: string;
  /** Durations in nanoseconds, shares as fractions of 1. */
  readonly values: Readonly<Record<string, ParameterValue>>;
  /** As written: `(choices 3)`. */
  readonly text: string;
}

export interface StickySpec {
  readonly cookie: string;
  readonly path: string;
  /** One character, or empty for `Off` (the whole value is the route). */
  readonly separator: string;
  readonly scolonpathdelim: boolean;
}

export interface BalancerSpec<Member extends MemberSpec = MemberSpec> {
  readonly lbmethod: LbMethodRef;
  /** null: not sticky. */
  readonly sticky: StickySpec | null;
  readonly nofailover: boolean;
  /** Whole seconds; 0: none. */
  readonly timeoutSeconds: number;
  /** null: not written, httpd's default applies. */
  readonly maxattempts: number | null;
  readonly failonstatus: readonly number[];
  readonly failontimeout: boolean;
  readonly forcerecovery: boolean;
  /** Absent: nothing is laid over the lbmethod, as in httpd. */
  readonly modifiers?: ModifiersConfig;
  readonly workers: readonly Member[];
}
