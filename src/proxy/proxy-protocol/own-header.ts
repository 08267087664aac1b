/**
 * The header of the PROXY protocol that workers get (HAProxy's proxy-protocol.txt, versions 1 and 2): who the client is,
 * and what it connected to.
 */
import { isIP } from 'node:net';
import type { ProxyProtocolVersion } from '../../config/proxy-protocol.ts';
import { MAPPED, SIGNATURE } from './header.ts';

/** Both ends of a client's connection, as a request of it has them. */
export interface Ends {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
}

/** Addresses of two families are both written as those of IPv6, as HAProxy writes them. */
export function clientHeader(version: ProxyProtocolVersion, ends: Ends): Buffer {
  const { remoteAddress, localAddress } = ends;
  const families = [isIP(remoteAddress), isIP(localAddress)];
  if (families.includes(0)) return ownHeader(version);
  const six = families.includes(6);
  return version === 'v1' ? line(ends, six) : binary(ends, six);
}

/** For connections that the proxy makes for itself, such as health checks. */
export function ownHeader(version: ProxyProtocolVersion): Buffer {
  if (version === 'v1') return Buffer.from('PROXY UNKNOWN\r\n', 'latin1');
  return Buffer.from([...SIGNATURE, 0x20, 0, 0, 0]);
}

function line({ remoteAddress, remotePort, localAddress, localPort }: Ends, six: boolean): Buffer {
  const [from, to] = [remoteAddress, localAddress].map((address) =>
    six && isIP(address) === 4 ? `::ffff:${address}` : address,
  );
  const kind = six ? 'TCP6' : 'TCP4';
  return Buffer.from(`PROXY ${kind} ${from} ${to} ${remotePort} ${localPort}\r\n`, 'latin1');
}

function binary(ends: Ends, six: boolean): Buffer {
  const bytes = (address: string) => (six ? bytesOfSix(address) : bytesOfFour(address));
  const addresses = [...bytes(ends.remoteAddress), ...bytes(ends.localAddress)];
  const ports = [ends.remotePort, ends.localPort].flatMap((port) => [port >> 8, port & 255]);
  const said = [...addresses, ...ports];
  return Buffer.from([...SIGNATURE, 0x21, six ? 0x21 : 0x11, 0, said.length, ...said]);
}

function bytesOfFour(address: string): number[] {
  return address.split('.').map(Number);
}

function bytesOfSix(address: string): number[] {
  if (isIP(address) === 4) return [...MAPPED, ...bytesOfFour(address)];
  // URLs write every group in hexadecimal digits.
  const { hostname } = new URL(`http://[${address}]`);
  const [before = [], behind = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((groups) => groups.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - before.length - behind.length }, () => '0');
  return [...before, ...zeros, ...behind].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
}
