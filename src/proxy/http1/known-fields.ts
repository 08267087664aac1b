/**
 * The fields that a client's requests have had before, by their bytes: the same bytes mean the same, so that they are not
 * parsed and checked again. Only of a `GET /… HTTP/1.1` that came whole in one piece with nothing behind it, and whose
 * fields leave no question: no body, no upgrade, no refusal. What is kept for one client's address is found by this address
 * alone, and goes when it was not used for two seconds.
 */
import { randomInt } from 'node:crypto';
import type { HeadLines } from '../head-lines.ts';
import type { ClientHead } from './client-head.ts';
import { wordSum } from './word-sum.ts';

/** Longer requests are read each time. */
const LONGEST = 4096;
/** All must be powers of two. Of the fields that are kept, so many share a place. */
const KEPT = 256;
const SHARED = 4;
const SEEN = 1024;
/** So many ticks of the front's clock. */
const KEPT_TICKS = 2;
const START = 'GET /';
const VERSION = ' HTTP/1.1\r\n';
const starts = Buffer.from(START, 'latin1');
const versions = Buffer.from(VERSION, 'latin1');

/** Whoever comes from one address, by the same way; `connections` of them at a time. */
export interface Client {
  readonly key: string;
  /** What sums of its fields begin with: what shares a place for one client does not for another. */
  readonly seed: number;
  connections: number;
}

export interface KnownFields {
  readonly client: Client;
  readonly lines: HeadLines;
  readonly read: ClientHead;
  readonly keepAlive: boolean;
  readonly length: number;
  /** These bytes and the blank line, four at a time; what fills the first four is the end of the request line. */
  readonly words: Int32Array;
  /** When it was used last. */
  tick: number;
}

/** The request at hand, so that its end is at `end`, which is a multiple of four. */
const bytes = Buffer.from(new ArrayBuffer(LONGEST));
const words = new Int32Array(bytes.buffer);
let end = 0;
/** Where its fields begin, as an index of `words`; how long they are, and their sum. */
let first = 0;
let length = 0;
let sum = 0;

/** What is known at one front. */
export class Known {
  /** Where the target ends of the request that was looked for last; 0: it is not of the kind that is kept. */
  targetEnd = 0;
  readonly #clients = new Map<string, Client>();
  readonly #kept = new Array<KnownFields | null>(KEPT).fill(null);
  /** The sum of each. */
  readonly #sums = new Int32Array(KEPT);
  /** Where the next one goes among those that share its place. */
  #turn = 0;
  #count = 0;
  /** Sums of fields that came: they are kept when they come again. */
  readonly #seen = new Int32Array(SEEN);
  #tick = 0;

  /** A connection begins; `key` says from where, and how. */
  enter(key: string): Client {
    let client = this.#clients.get(key);
    if (client === undefined) {
      client = { key, seed: randomInt(2 ** 32) | 0, connections: 0 };
      this.#clients.set(key, client);
    }
    client.connections++;
    return client;
  }

  leave(client: Client): void {
    if (--client.connections > 0) return;
    this.#clients.delete(client.key);
    if (this.#clients.size === 0) this.#forget(Number.POSITIVE_INFINITY);
  }

  /** The fields of `request` if they are known and nothing else is wrong with it. */
  find(client: Client, request: Buffer): KnownFields | null {
    this.targetEnd = lookThrough(request);
    if (this.targetEnd === 0) return null;
    sum = wordSum(words, first, end >> 2, client.seed ^ length);
    const sums = this.#sums;
    for (let at = placeOf(sum, KEPT), to = at + SHARED; at < to; at++) {
      if (sums[at] !== sum) continue;
      const known = this.#kept[at]!;
      if (known === null || known.client !== client || !isSame(known)) continue;
      known.tick = this.#tick;
      return known;
    }
    return null;
  }

  /** The request that was looked for last, and not found, has these. */
  learn(client: Client, lines: HeadLines, read: ClientHead, keepAlive: boolean): void {
    if (!this.#cameBefore()) return;
    lines.repeated = true;
    const own = words.slice(first, end >> 2);
    const place = placeOf(sum, KEPT) + (this.#turn++ & (SHARED - 1));
    if (this.#kept[place] === null) this.#count++;
    this.#kept[place] = { client, lines, read, keepAlive, length, words: own, tick: this.#tick };
    this.#sums[place] = sum;
  }

  /** Whether the sum at hand was seen lately; from now on it was. */
  #cameBefore(): boolean {
    const seen = this.#seen;
    const place = placeOf(sum, SEEN);
    for (let at = place; at < place + SHARED; at++) if (seen[at] === sum) return true;
    seen[place + (this.#turn++ & (SHARED - 1))] = sum;
    return false;
  }

  /** The front's clock goes on. */
  tick(now: number): void {
    this.#tick = now;
    if (this.#count > 0) this.#forget(now - KEPT_TICKS);
  }

  #forget(before: number): void {
    for (let at = 0; at < KEPT; at++) {
      if ((this.#kept[at]?.tick ?? before) >= before) continue;
      this.#kept[at] = null;
      this.#count--;
    }
  }
}

/** Where the target of `request` ends, if it is of the kind that is kept; else 0. */
function lookThrough(request: Buffer): number {
  const all = request.length;
  if (all > LONGEST - 3 || all < START.length + VERSION.length) return 0;
  const start = -all & 3;
  end = start + all;
  bytes.set(request, start);
  for (let i = 0; i < starts.length; i++) if (bytes[start + i] !== starts[i]) return 0;
  let at = start + starts.length;
  for (; at < end; at++) {
    const code = bytes[at]!;
    if (code <= 0x20 || code >= 0x7f || code === 0x23) break;
  }
  if (end - at < versions.length) return 0;
  for (let i = 0; i < versions.length; i++) if (bytes[at + i] !== versions[i]) return 0;
  first = (at + versions.length) >> 2;
  length = end - at - versions.length;
  return at - start;
}

/** The first of the places that this sum shares with others, of `count` in all. */
function placeOf(sum: number, count: number): number {
  return (sum & (count / SHARED - 1)) * SHARED;
}

function isSame(known: KnownFields): boolean {
  if (known.length !== length) return false;
  const own = known.words;
  for (let i = 0; i < own.length; i++) if (own[i] !== words[first + i]) return false;
  return true;
}
