import { isIP } from 'node:net';
import type { Place, Require } from '../../config/config.ts';
import type { Context } from '../context.ts';
import { type Path, pathText } from '../document.ts';
import { placeIn } from '../places.ts';
import type { RawProxied } from '../schema.ts';
import type { Loose } from '../shape.ts';

/** The page of balancer-manager. */
export interface ManagerPage {
  readonly path: string;
  readonly place: Place;
  readonly require: readonly Require[];
}

/** The manager page; null when the file has none. Without `require` it is for this machine alone. */
export function resolveManager(
  raw: Loose<RawProxied['manager']> | undefined,
  context: Context,
): ManagerPage | null {
  if (raw?.path === undefined) return null;
  const require = raw.require?.map((text = '', i) =>
    requireOf(text, ['manager', 'require', i], context),
  );
  return {
    path: raw.path,
    place: placeIn(context.document, ['manager', 'path']),
    require: require ?? [{ kind: 'local', negated: false }],
  };
}

/** One of httpd's Require lines, which stands at `path`. */
export function requireOf(text: string, path: Path, context: Context): Require {
  const words = text.trim().split(/\s+/);
  const negated = words[0]?.toLowerCase() === 'not';
  const [kind = '', ...rest] = negated ? words.slice(1) : words;
  const refuse = (expected: string): Require => {
    const message = `${pathText(path)} is "${text}"; expected ${expected}.`;
    context.report('VALUE', path, message);
    return { kind: 'all', granted: false };
  };
  switch (kind.toLowerCase()) {
    case 'all': {
      const word = rest.join(' ').toLowerCase();
      if (negated || !['granted', 'denied'].includes(word)) {
        return refuse('all granted or all denied');
      }
      return { kind: 'all', granted: word === 'granted' };
    }
    case 'local':
      return rest.length > 0 ? refuse('local alone') : { kind: 'local', negated };
    case 'ip':
      if (rest.length === 0 || !rest.every(isNetwork)) {
        return refuse('ip and addresses or networks, such as ip 127.0.0.1 10.0.0.0/8');
      }
      return { kind: 'ip', networks: rest, negated };
    case 'host':
      if (rest.length === 0) return refuse('host and names, such as host example.com');
      return { kind: 'host', names: rest, negated };
    default:
      return refuse('all, ip, local or host');
  }
}

/** `10.0.0.1`, `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `10.1` (the beginning of an address). */
function isNetwork(text: string): boolean {
  const [address = '', mask, more] = text.split('/');
  if (more !== undefined) return false;
  if (mask === undefined && /^\d{1,3}(?:\.\d{1,3}){0,2}\.?$/.test(address)) {
    return address.split('.').every((part) => Number(part) <= 255);
  }
  const kind = isIP(address);
  if (kind === 0 || mask === undefined) return kind !== 0;
  if (/^\d+$/.test(mask)) return Number(mask) <= (kind === 4 ? 32 : 128);
  return kind === 4 && isIP(mask) === 4;
}
