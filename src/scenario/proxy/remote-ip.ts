import type { RemoteIpConf, TrustedProxies } from '../../config/config.ts';
import type { Context } from '../context.ts';
import type { RawProxied } from '../schema.ts';
import type { Loose } from '../shape.ts';

/** What an httpd.conf says by RemoteIPHeader and the like; null without `remoteip`. */
export function resolveRemoteIp(
  raw: Loose<RawProxied['remoteip']> | undefined,
  context: Context,
): RemoteIpConf | null {
  if (raw?.header === undefined) return null;
  const proxies = (['internal', 'trusted'] as const).flatMap((trust): TrustedProxies[] => {
    const networks = raw[`${trust}proxy`]?.flatMap((network) => network ?? []);
    return networks === undefined ? [] : [{ trust, networks }];
  });
  if (proxies.length === 0) {
    const message =
      'remoteip would let anybody say who he is; expected trustedproxy: or internalproxy: with the proxies in front.';
    context.report('MISSING', ['remoteip'], message, 'key');
  }
  return { header: raw.header, proxiesHeader: raw.proxiesheader ?? null, proxies };
}
