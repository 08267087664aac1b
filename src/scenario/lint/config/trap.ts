/** Traps of what a proxy runs beyond its balancers: each a value with a code, as in ../trap.ts. */
import type { Place, ProxyConfig } from '../../../config/config.ts';
import type { Severity } from '../trap.ts';

export interface ConfigTrap {
  /** Stable name in kebab-case, printed in brackets. */
  readonly code: string;
  readonly severity: Severity;
  find(config: ProxyConfig): readonly ConfigFinding[];
}

export interface ConfigFinding {
  readonly place: Place;
  /** What stands there: `ProxyPass /app`. */
  readonly subject: string;
  /** What was found; what will happen; what to do. */
  readonly says: string;
}
