/** What directives about balancers share: finding balancers and workers by their names, setting parameters. */
import type { Place } from '../config.ts';
import { memberUrl, type NamedUrl, sameMember } from '../members.ts';
import { setBalancerParameter, setMemberParameter } from '../parameters.ts';
import type { Word } from '../tree.ts';
import {
  type BalancerDraft,
  newBalancer,
  newWorker,
  type ServerDraft,
  type WorkerDraft,
} from './drafts.ts';
import type { Reading } from './reading.ts';
import type { Line } from './rule.ts';

/** Longest `balancer://name`. */
const balancerNameMax = 95;

/** `balancer://NAME/rest`: the name in lower case and what follows it; null when it is no such URL. */
export function balancerUrl(text: string): { readonly name: string; readonly path: string } | null {
  const [, name, path] = /^balancer:\/\/([^/]+)(.*)$/i.exec(text) ?? [];
  return name === undefined ? null : { name: name.toLowerCase(), path: path ?? '' };
}

/** `url` as balancers and workers are named. */
export function urlNamed(url: string): string {
  const balancer = balancerUrl(url);
  if (balancer !== null) return `balancer://${balancer.name}${balancer.path}`;
  try {
    return memberUrl(url).name;
  } catch {
    return url.replace(/^[a-z\d+.-]+:\/\/[^/]*/i, (host) => host.toLowerCase());
  }
}

/** The balancer of this server, made when it is new; null when the name is too long (reported). */
export function balancerNamed(
  server: ServerDraft,
  name: string,
  place: Place,
  line: Line,
): BalancerDraft | null {
  const known = server.balancers.find((balancer) => balancer.name === name);
  if (known) return known;
  if ('balancer://'.length + name.length > balancerNameMax) {
    line.refuse(undefined, `has a balancer name longer than ${balancerNameMax - 11} characters.`);
    return null;
  }
  const balancer = newBalancer(name, place);
  server.balancers.push(balancer);
  return balancer;
}

/** One `key=value`. */
export interface Pair {
  readonly key: string;
  readonly value: string;
  /** Of the value. */
  readonly place: Place;
  readonly wordPlace: Place;
}

/** `word` as `key=value`, split at the first `=`; null when it has none. */
export function pairOf({ text, place }: Word): Pair | null {
  const at = text.indexOf('=');
  if (at < 0) return null;
  const quoted = /["']/.test(place.source?.[place.column - 1] ?? '');
  const value = { ...place, column: place.column + at + (quoted ? 2 : 1) };
  return { key: text.slice(0, at), value: text.slice(at + 1), place: value, wordPlace: place };
}

/** As httpd's table: a repeated key keeps its first place in the order and takes the last value. */
export function lastOfEach(pairs: readonly Pair[]): readonly Pair[] {
  const byKey = new Map<string, Pair>();
  for (const pair of pairs) byKey.set(pair.key.toLowerCase(), pair);
  return [...byKey.values()];
}

export function setMember(reading: Reading, draft: WorkerDraft, pair: Pair, name: string): void {
  const verdict = setMemberParameter(draft, pair.key, pair.value, reading.known);
  if (reading.verdict(verdict, name, pair.key, pair.value, pair.wordPlace)) {
    draft.written[pair.key.toLowerCase()] = pair.place;
  }
}

export function setBalancer(
  reading: Reading,
  draft: BalancerDraft,
  pair: Pair,
  name: string,
): void {
  const verdict = setBalancerParameter(draft, pair.key, pair.value, reading.known);
  if (reading.verdict(verdict, name, pair.key, pair.value, pair.wordPlace)) {
    draft.written[pair.key.toLowerCase()] = pair.place;
  }
}

/** The worker of this server that stands alone and is the same as `url`, or a new one. */
export function workerFor(
  server: ServerDraft,
  url: NamedUrl,
  place: Place,
): { readonly worker: WorkerDraft; readonly shared: boolean } {
  const known = sameMember(server.workers, url.name);
  if (known) return { worker: known, shared: true };
  const worker = newWorker(url, place, server.proxyTimeoutSeconds);
  server.workers.push(worker);
  return { worker, shared: false };
}

/** The URL, or null with what is wrong reported. */
export function readUrl(word: Word, line: Line): NamedUrl | null {
  try {
    return memberUrl(word.text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const later = error.message.includes('this version') || error.message.includes('not supported');
    line.refuse(word, `${word.text} ${error.message}.`, later ? 'NOT_SUPPORTED' : 'VALUE');
    return null;
  }
}
