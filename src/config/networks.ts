/** Addresses and networks as httpd's `Require ip` writes them. */
import { isIP } from 'node:net';

/** An address, its beginning (`10.1`), `address/bits` or `address/mask`. */
export function isNetwork(text: string): boolean {
  const [address = '', mask, more] = text.split('/');
  if (more !== undefined) return false;
  const version = isIP(address);
  if (mask === undefined) return version !== 0 || isPartial(address);
  if (version === 0) return false;
  if (/^\d+$/.test(mask)) return Number(mask) >= 1 && Number(mask) <= (version === 6 ? 128 : 32);
  return version !== 6 && isIP(mask) === 4;
}

/** What is wrong with `text`, which is none, where httpd would look up names. */
export function noNetwork(text: string): string {
  return `${text} is no address or network (names are not looked up); expected for example 10.0.0.0/8 or ::1.`;
}

function isPartial(address: string): boolean {
  const parts = address.replace(/\.$/, '').split('.');
  return parts.length <= 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
}
