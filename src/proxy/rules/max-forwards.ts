/** Max-Forwards (spec: httpd 10.1). */
import type { ServerConf } from '../../config/config.ts';
import { joined } from './fields.ts';
import type { Refusal } from './refusal.ts';

/**
 * `value`: what goes out, null for none. `local`: the proxy answers itself, to TRACE with the request, to OPTIONS
 * with Allow.
 */
export type MaxForwards =
  | { readonly local: false; readonly value: string | null }
  | { readonly local: true };

/** 400 for what is no number, and for 0 with any method but TRACE and OPTIONS. */
export function maxForwards(
  method: string,
  rawHeaders: readonly string[],
  server: ServerConf,
): MaxForwards | Refusal {
  const written = joined(rawHeaders, 'max-forwards');
  if (written === null) {
    const { proxyMaxForwards } = server;
    return { local: false, value: proxyMaxForwards < 0 ? null : `${proxyMaxForwards}` };
  }
  if (!/^\s*[+-]?\d+$/.test(written)) return { status: 400 };
  const hops = Number(written);
  if (hops < 0 || hops >= 2 ** 63) return { status: 400 };
  if (hops >= 1) return { local: false, value: `${BigInt(written.trim()) - 1n}` };
  return method === 'TRACE' || method === 'OPTIONS' ? { local: true } : { status: 400 };
}
