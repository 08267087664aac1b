import type { ListenConf } from '../../config/config.ts';
import type { Context } from '../context.ts';
import { pathText } from '../document.ts';
import { placeIn } from '../places.ts';
import type { RawProxied } from '../schema.ts';
import type { Loose } from '../shape.ts';

const kinds = ['http', 'https', 'tcp'] as const;

/** Where the proxy listens. Only HTTP in the clear is served as yet. */
export function resolveListen(
  raw: Loose<RawProxied['listen']> | undefined,
  context: Context,
): readonly ListenConf[] {
  return (raw ?? []).flatMap((item = {}, i) => {
    const path = ['listen', i];
    const written = kinds.filter((kind) => kind in item);
    const [kind] = written;
    if (kind === undefined || written.length > 1) {
      const found = kind === undefined ? 'says no protocol' : `says ${written.join(' and ')}`;
      const message = `${pathText(path)} ${found}; expected one of http, https or tcp.`;
      context.report(kind === undefined ? 'MISSING' : 'VALUE', path, message);
      return [];
    }
    if (kind !== 'http') {
      const at = [...path, kind];
      const message = `${pathText(at)} is not supported yet by the proxy; use http.`;
      context.report('NOT_SUPPORTED', at, message, 'key');
      return [];
    }
    for (const key of ['certificate', 'key', 'balancer'].filter((one) => one in item)) {
      const at = [...path, key];
      const whose = key === 'balancer' ? 'tcp' : 'https';
      context.report('VALUE', at, `${pathText(at)} goes with ${whose}, not with http.`, 'key');
    }
    const text = item.http ?? '*:1';
    const colon = text.lastIndexOf(':');
    const host = text.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
    const place = placeIn(context.document, [...path, 'http']);
    return [{ place, host: host === '*' ? null : host, port: Number(text.slice(colon + 1)) }];
  });
}
