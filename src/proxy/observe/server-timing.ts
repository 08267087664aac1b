/**
 * `Server-Timing` for requests that have the variable `fairlead-server-timing`, which `SetEnv` and `SetEnvIf` give them:
 * to all, or to those with a header, a cookie or an address that says so. Nobody else is told how long what takes.
 */
import type { ProxyConfig } from '../../config/config.ts';
import { dirsOf } from '../../config/parts.ts';
import { nowNs } from '../clock.ts';
import type { Sight } from './sight.ts';

const VARIABLE = 'fairlead-server-timing';

/** Whether some request may have the variable. */
export function timesRequests(config: ProxyConfig): boolean {
  return dirsOf(config).some(({ env }) => env.some(({ name }) => name === VARIABLE));
}

export function wantsTiming(sight: Sight): boolean {
  return sight.variable(VARIABLE) !== undefined;
}

/**
 * In milliseconds: `pick` until a worker was picked (tries that failed included), `connect` for a new connection to it,
 * `wait` from then to the head of its response, `total` until now.
 */
export function serverTiming(sight: Sight): string {
  const { startNs, pickedNs, dispatchedNs, connectedNs, respondedNs } = sight;
  const parts: string[] = [];
  const part = (name: string, fromNs: number, toNs: number) => {
    parts.push(`${name};dur=${((toNs - fromNs) / 1e6).toFixed(3)}`);
  };
  if (pickedNs > 0) part('pick', startNs, pickedNs);
  if (connectedNs > 0) part('connect', dispatchedNs, connectedNs);
  if (respondedNs > 0) part('wait', connectedNs > 0 ? connectedNs : dispatchedNs, respondedNs);
  part('total', startNs, nowNs());
  return parts.join(', ');
}
