/** The proxy's own Via element, in requests and responses alike. */
import type { ServerConf } from '../../config/config.ts';
import { portSuffix, type Reached, serverName } from './server-name.ts';

export interface ViaContext extends Reached {
  readonly server: ServerConf;
  /** Version of the client's request, `1.1` or `1.0`. */
  readonly version: string;
  /** The target had the absolute form: `authority` replaces Host. */
  readonly absolute: boolean;
  /** Comment of ProxyVia Full, such as `Fairlead/0.1.0`. */
  readonly product: string;
}

export function addsVia({ proxyVia }: ServerConf): boolean {
  return proxyVia !== 'off' && proxyVia !== 'block';
}

/** null for `Off` and `Block`. */
export function viaValue(context: ViaContext): string | null {
  if (!addsVia(context.server)) return null;
  const name = serverName(context.server, context) + portSuffix(context.server, context);
  const comment = context.server.proxyVia === 'full' ? ` (${context.product})` : '';
  return `${context.version} ${name}${comment}`;
}
