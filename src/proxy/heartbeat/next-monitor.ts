import type { HeartbeatConf, ProxyConfig } from '../../config/config.ts';
import { nowNs } from '../clock.ts';
import { cannotListen } from '../listener.ts';
import { HeartbeatMonitor, type Relay } from './monitor.ts';

interface Before {
  readonly config: ProxyConfig;
  readonly heartbeats: HeartbeatMonitor | null;
}

/**
 * The monitor that listens already, if it is to go on; else another one that does, and knows what that one knew.
 * @throws LabError when it cannot listen.
 */
export async function nextMonitor(
  conf: HeartbeatConf | undefined,
  before: Before | null,
  relay: Relay | null,
): Promise<HeartbeatMonitor | null> {
  if (conf === undefined) return null;
  const { heartbeats = null, config } = before ?? {};
  if (heartbeats !== null && sameHeartbeats(conf, config!.heartbeat!)) return heartbeats;
  const made = new HeartbeatMonitor(conf, [], nowNs, relay);
  if (heartbeats !== null) made.inherit(heartbeats);
  try {
    await made.start();
  } catch (error) {
    throw cannotListen('HeartbeatListen', conf.listen!, error as NodeJS.ErrnoException);
  }
  return made;
}

function sameHeartbeats(one: HeartbeatConf, other: HeartbeatConf): boolean {
  const { listen: here, ...rest } = one;
  const { listen: there, ...more } = other;
  return (
    here?.host === there?.host &&
    here?.port === there?.port &&
    JSON.stringify(rest) === JSON.stringify(more)
  );
}
