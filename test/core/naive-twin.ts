/**
 * httpd's pick written straight from the specification (1.4, 2.1 to 2.4, 3.2 to 3.4, 8.3): objects and lists,
 * no cache, no columns, in the order of the text. Tests compare the core with it.
 */
import {
  type Balancer,
  type ManagedFlag,
  type StatusLetter,
  status,
  statusLetters,
  type WorkerChange,
  type WorkerConfig,
} from '../../src/core/index.ts';

export interface Member {
  lbfactor: number;
  lbset: number;
  lbstatus: number;
  busy: number;
  elected: number;
  transferred: number;
  read: number;
  retries: number;
  errorTimeNs: number;
  readonly retryNs: number;
  route: string;
  redirect: string;
  readonly flags: Set<StatusLetter>;
}

/** The methods that share the worker search. */
export type Counting = 'byrequests' | 'bytraffic' | 'bybusyness';

export interface Twin {
  readonly members: Member[];
  readonly method: Counting;
  readonly sticky: boolean;
  readonly nofailover: boolean;
  readonly forcerecovery: boolean;
}

export function memberOf(config: WorkerConfig): Member {
  return {
    lbfactor: Math.trunc((config.loadfactor ?? 1) * 100),
    lbset: config.lbset ?? 0,
    lbstatus: 0,
    busy: 0,
    elected: 0,
    transferred: 0,
    read: 0,
    retries: 0,
    errorTimeNs: Number.NEGATIVE_INFINITY,
    retryNs: (config.retrySeconds ?? 60) * 1e9,
    route: config.route ?? '',
    redirect: config.redirect ?? '',
    flags: new Set([...(config.status ?? '')].filter((l) => l !== '+') as StatusLetter[]),
  };
}

export const isUsable = ({ flags }: Member) => !['D', 'S', 'E', 'C', 'U'].some(has(flags));

/** 1.4 */
export function tryRetry(w: Member, nowNs: number): void {
  if (!w.flags.has('E') || w.flags.has('S')) return;
  if (w.flags.has('I') || nowNs > w.errorTimeNs + w.retryNs) lift(w);
}

/** 2.2 without `better`: who is offered, in order. Retry tests included. */
export function offered(members: Member[], nowNs: number): Member[] {
  const offers: Member[] = [];
  const maxset = Math.max(...members.map(({ lbset }) => lbset));
  for (let set = 0; offers.length === 0 && set <= maxset; set++) {
    let bad = 0;
    const spares: Member[] = [];
    const standbys: Member[] = [];
    for (const w of members) {
      if (w.lbset !== set) continue;
      const { flags } = w;
      if (flags.has('N')) {
        if (!flags.has('R') && !flags.has('H')) bad++;
        continue;
      }
      if (!isUsable(w)) tryRetry(w, nowNs);
      if (flags.has('R')) {
        if (isUsable(w)) spares.push(w);
      } else if (flags.has('H')) {
        if (isUsable(w)) standbys.push(w);
      } else if (isUsable(w)) offers.push(w);
      else bad++;
    }
    offers.push(...spares.slice(0, bad));
    if (offers.length === 0) offers.push(...standbys);
  }
  return offers;
}

/** 3.2 to 3.4: one of the offered, and what that does to `lbstatus`. */
function choose(method: Counting, offers: Member[]): Member | null {
  let best: Member | null = null;
  let total = 0;
  for (const w of offers) {
    if (method !== 'bytraffic') {
      w.lbstatus += w.lbfactor;
      total += w.lbfactor;
    }
    if (best === null || better(method, w, best)) best = w;
  }
  if (best) best.lbstatus -= total;
  return best;
}

function better(method: Counting, w: Member, best: Member): boolean {
  if (method === 'byrequests') return w.lbstatus > best.lbstatus;
  if (method === 'bytraffic') return value(w) < value(best);
  return w.busy < best.busy || (w.busy === best.busy && w.lbstatus > best.lbstatus);
}

const value = (w: Member) =>
  Math.floor(w.transferred / w.lbfactor) + Math.floor(w.read / w.lbfactor);

/** 2.4 */
function findRoute(members: Member[], route: string, nowNs: number, depth: number): Member | null {
  const passes = [
    members.filter((w) => !w.flags.has('H')),
    members.filter((w) => w.flags.has('H')),
  ];
  for (const w of passes.flat()) {
    if (w.route === '' || w.route !== route) continue;
    if (isUsable(w)) return w;
    tryRetry(w, nowNs);
    if (isUsable(w)) return w;
    if (w.redirect === '' || depth >= members.length) continue;
    const r = findRoute(members, w.redirect, nowNs, depth + 1);
    if (r && !isUsable(r)) tryRetry(r, nowNs);
    if (r && isUsable(r)) return r;
  }
  return null;
}

/** 2.1: the row of the picked member, or -1; whether the route-changed mark is set. */
export function pick(twin: Twin, route: string | null, nowNs: number) {
  const { members } = twin;
  forceRecovery(twin, nowNs);
  const hit = twin.sticky && route ? findRoute(members, route, nowNs, 1) : null;
  if (hit) {
    const charged = members.filter(isUsable);
    for (const x of charged) x.lbstatus += x.lbfactor;
    for (const x of charged) hit.lbstatus -= x.lbfactor;
    return elect(members, hit, hit.route !== route);
  }
  const routed = twin.sticky && route && members.some((w) => w.route === route);
  if (routed && twin.nofailover) return { worker: -1, changed: false };
  const chosen = choose(twin.method, offered(members, nowNs));
  if (!chosen) return { worker: -1, changed: false };
  return elect(members, chosen, twin.sticky);
}

function elect(members: Member[], w: Member, changed: boolean) {
  w.elected++;
  w.busy++;
  return { worker: members.indexOf(w), changed };
}

function forceRecovery({ members, forcerecovery }: Twin, nowNs: number): void {
  for (const w of members) {
    if (!w.flags.has('E')) return;
    tryRetry(w, nowNs);
    if (!w.flags.has('E')) return;
  }
  if (forcerecovery) members.forEach(lift);
}

function lift(w: Member): void {
  w.retries++;
  w.flags.delete('E');
}

/** 2.3: what an outcome of 500 or 503 does. */
export function fail(w: Member, nowNs: number): void {
  if (w.flags.has('I')) return;
  w.flags.add('E');
  w.errorTimeNs = nowNs;
}

/** 8.3 */
export function manage(members: Member[], w: Member, change: WorkerChange): void {
  if (change.loadfactor !== undefined) {
    const factor = Math.trunc(change.loadfactor * 100);
    if (factor >= 100 && factor <= 10_000) {
      w.lbfactor = members.length === 1 ? 100 : factor;
      for (const x of members) x.lbstatus = x.lbfactor;
    }
  }
  if (change.lbset !== undefined && change.lbset >= 0 && change.lbset <= 99) w.lbset = change.lbset;
  if (change.route !== undefined) w.route = change.route.length < 64 ? change.route : '';
  if (change.redirect !== undefined)
    w.redirect = change.redirect.length < 64 ? change.redirect : '';
  for (const [flag, on] of Object.entries(change.status ?? {})) {
    if (on) w.flags.add(flag as ManagedFlag);
    else w.flags.delete(flag as ManagedFlag);
  }
}

/** Everything that a pick may read or change, of the twin. */
export function rowsOfTwin(members: Member[]) {
  return members.map(({ flags, retryNs: _, route: __, redirect: ___, ...counters }) => ({
    ...counters,
    flags: [...flags]
      .filter((letter) => letter !== 'O')
      .sort()
      .join(''),
  }));
}

/** The same of the core. */
export function rowsOfCore({ workers, views }: Balancer) {
  return Array.from({ length: views.workers[0] }, (_, worker) => ({
    lbfactor: workers.lbfactor[worker],
    lbset: workers.lbset[worker],
    lbstatus: workers.lbstatus[worker],
    busy: workers.busy[worker],
    elected: workers.elected[worker],
    transferred: workers.transferred[worker],
    read: workers.read[worker],
    retries: workers.retries[worker],
    errorTimeNs: workers.errorTimeNs[worker],
    flags: statusLetters(workers.status[worker]),
  }));
}

function has(flags: Set<StatusLetter>) {
  return (letter: string) => flags.has(letter as StatusLetter) && letter in status;
}
