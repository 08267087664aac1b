import type { ListenConf, ProxyConfig } from '../config/config.ts';
import type { Counts } from './admin/counts.ts';
import type { Clients } from './clients.ts';
import type { Group } from './group.ts';
import type { Groups, MakeGroups } from './groups.ts';
import type { Relay } from './heartbeat/monitor.ts';
import type { Listener } from './listener.ts';
import type { Decider } from './observe/shadow.ts';

/** What is otherwise in a proxy that is one of several threads of one; see `threads/`. */
export interface Part {
  /** Whether it is the one that checks members and hears heartbeats, for all. */
  readonly first: boolean;
  /** Counts connections of clients, in all threads. */
  readonly clients: Clients;
  /** Loads what `config` needs, and makes the groups, once all are `together`, over what the threads share. */
  groupsOf(config: ProxyConfig): Promise<MakeGroups>;
  /** Listens where the others listen. */
  listen(listener: Listener, conf: ListenConf): Promise<void>;
  /** This one is ready to take a configuration over; resolves when all are. */
  together(): Promise<void>;
  /** The last request that began with `groups` is over, and all that is told of it. */
  left(groups: Groups): void;
  /** Takes what a server posted to the first. */
  readonly relay: Relay;
  /** Decides beside a group, for all threads; null without a shadow. */
  deciderOf(group: Group): Decider | null;
  /** Those of the others. */
  metrics(): Promise<readonly string[]>;
  counts(): Promise<readonly Counts[]>;
}
