/**
 * How many wrong passwords are looked at: hashing one costs milliseconds in which nobody else is served, and guessing
 * must not pay. Each client's address has a few, and so has everybody together; both come back with time.
 */
import { isIPv6 } from 'node:net';

/** Of one address: so many at once, then one more every so often. */
const CLIENT = { most: 10, everyNs: 6e9 };
/** Of all together. */
const ALL = { most: 40, everyNs: 0.25e9 };
/** Addresses kept; beyond, those that are quiet are forgotten, then all. */
const CLIENTS_MAX = 4096;

interface Limit {
  readonly most: number;
  readonly everyNs: number;
}

/** When the last of the failures so far will be forgotten. */
type Until = number;

export class Attempts {
  #all: Until = 0;
  readonly #clients = new Map<string, Until>();

  /** Seconds until another password of this client is looked at; 0: now. */
  wait(address: string, now: number): number {
    const client = this.#clients.get(clientOf(address)) ?? 0;
    const ns = Math.max(over(client, now, CLIENT), over(this.#all, now, ALL));
    return Math.ceil(ns / 1e9);
  }

  failed(address: string, now: number): void {
    const client = clientOf(address);
    this.#all = Math.max(this.#all, now) + ALL.everyNs;
    const until = Math.max(this.#clients.get(client) ?? 0, now) + CLIENT.everyNs;
    if (this.#clients.size >= CLIENTS_MAX) this.#forget(now);
    this.#clients.set(client, until);
  }

  #forget(now: number): void {
    for (const [client, until] of this.#clients) if (until <= now) this.#clients.delete(client);
    if (this.#clients.size >= CLIENTS_MAX) this.#clients.clear();
  }
}

/** How long until fewer than `most` failures are remembered. */
function over(until: Until, now: number, { most, everyNs }: Limit): number {
  return Math.max(0, until - now - (most - 1) * everyNs);
}

/** Whoever has an IPv6 address has a network of 64 bits of them. */
function clientOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':');
  const zeros = tail === undefined ? 0 : 8 - groups.length - tail.split(':').length;
  const all = [...groups, ...Array.from({ length: Math.max(0, zeros) }, () => '0')];
  return all.slice(0, 4).join(':');
}
