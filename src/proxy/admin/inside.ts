/** What the pages for operators and programs are told of the proxy. */
import type { ProxyConfig } from '../../config/config.ts';
import type { Groups } from '../groups.ts';
import type { ShadowReport } from '../observe/shadow.ts';
import type { Traffic } from '../observe/traffic.ts';

export interface Inside {
  readonly config: ProxyConfig;
  readonly groups: Groups;
  /** Configurations taken over, the first one included. */
  readonly generation: number;
  /** When the last one was taken over. */
  readonly since: Date;
  /** Configurations that were not taken over. */
  readonly refused: number;
  /** It was told to end. */
  readonly draining: boolean;
  /** Of this thread: clients' connections, and requests under way, by earlier configurations, too. */
  readonly connections: number;
  readonly open: number;
  /** Lines that could not be written to logs. */
  readonly lostLines: number;
  readonly limits: Limits;
  /** Empty without a shadow. */
  readonly shadow: readonly ShadowReport[];
  /** null: nobody counts. */
  readonly traffic: Traffic | null;
}

/** Every limit that holds, by name; names end in their unit. 0: none. */
export type Limits = Readonly<Record<string, number>>;
