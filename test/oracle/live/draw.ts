/** Cases drawn from a seed: equal seeds give equal cases, on every machine. */
import seedrandom from 'seedrandom';
import type { Answer, Ask, Case, Parameters, Step } from '../case.ts';

export const countingMethods = ['byrequests', 'bytraffic', 'bybusyness'] as const;

const factors = ['1', '1', '1', '1.15', '1.5', '2', '2.3', '2.999', '3', '7', '10', '99.99', '100'];
const sets = ['0', '0', '0', '0', '1', '1', '2', '99'];
/** No `retry=0`: within one request it depends on httpd's clock. Long ones never end within a case. */
const retries = ['1', '1', '2', '300'];
const letters = 'DSECUIHRNOGF';
const managed = 'INDHRSC';
const stickyNames = ['S', 'SID', 'ROUTEID', 'JSESSIONID|jsessionid', 'Sid|path', 'a|b'];
const separators = [':', '!', '-', 'Off'];
const sizes = [0, 1, 3, 99, 100, 101, 1000, 5000, 8191, 8192, 8193, 40_000, 100_000];
const posts = [
  0, 1, 100, 8191, 8192, 8193, 16_303, 16_304, 16_383, 16_384, 16_385, 20_000, 100_000,
];
const fewStatuses = [200, 200, 200, 200, 204, 301, 304, 404, 500, 502, 503];

export function drawCase(seed: number): Case {
  return new Draw(seed).case();
}

/** How often the script of a case does what. */
const weights = { request: 60, release: 12, down: 9, up: 8, manage: 8, wait: 5 } as const;

class Draw {
  readonly #uniform: () => number;
  readonly #seed: number;
  #balancer: Parameters = {};
  #members: Parameters[] = [];
  /** Without held requests: overlapping ones leave every pool with idle connections of its own order. */
  readonly #keepAlive: boolean;
  readonly #steps: Step[] = [];
  readonly #held: string[] = [];
  readonly #down = new Set<number>();

  constructor(seed: number) {
    this.#seed = seed;
    this.#keepAlive = seed % 5 === 0;
    this.#uniform = seedrandom.alea(`oracle ${seed}`);
  }

  case(): Case {
    const count = 2 + this.#below(5);
    this.#balancer = this.#drawBalancer();
    this.#members = Array.from({ length: count }, () => this.#drawMember(count));
    const length = 30 + this.#below(20);
    while (this.#steps.length < length) this.#step();
    for (const hold of this.#held) this.#steps.push({ op: 'release', hold });
    return {
      name: `c${String(this.#seed % 1e6).padStart(6, '0')}`,
      seed: this.#seed,
      keepAlive: this.#keepAlive,
      balancer: this.#balancer,
      members: this.#members,
      steps: this.#steps,
    };
  }

  #drawBalancer(): Parameters {
    const set: Record<string, string> = { lbmethod: countingMethods[this.#seed % 3] };
    if (this.#chance(0.65)) {
      set['stickysession'] = this.#of(stickyNames);
      if (this.#chance(0.25)) set['stickysessionsep'] = this.#of(separators);
      if (this.#chance(0.2)) set['scolonpathdelim'] = 'On';
      if (this.#chance(0.25)) set['nofailover'] = 'On';
    }
    if (this.#chance(0.35)) set['maxattempts'] = String(this.#below(8));
    if (this.#chance(0.35)) set['failonstatus'] = this.#of(['503', '500,503', '502', '404,500']);
    if (this.#chance(0.2)) set['forcerecovery'] = 'Off';
    return set;
  }

  #drawMember(count: number): Parameters {
    const set: Record<string, string> = {};
    const loadfactor = this.#of(factors);
    if (loadfactor !== '1') set['loadfactor'] = loadfactor;
    const lbset = this.#of(sets);
    if (lbset !== '0') set['lbset'] = lbset;
    set['retry'] = this.#of(retries);
    if (this.#chance(0.75)) set['route'] = this.#route(count);
    if (this.#chance(0.2)) set['redirect'] = this.#route(count);
    if (this.#chance(0.35)) set['status'] = this.#status();
    return set;
  }

  /** Few enough that members share some and miss others; one holds a separator. */
  #route(count: number): string {
    return this.#chance(0.05) ? 'r1.x' : `r${1 + this.#below(count + 1)}`;
  }

  #status(): string {
    const one = () => `${this.#chance(0.85) ? '+' : '-'}${this.#of([...letters])}`;
    return this.#chance(0.3) ? one() + one() : one();
  }

  #step(): void {
    let at = this.#below(Object.values(weights).reduce((sum, weight) => sum + weight, 0));
    for (const [op, weight] of Object.entries(weights)) {
      at -= weight;
      if (at < 0) {
        this[op as keyof typeof weights]();
        return;
      }
    }
  }

  request(): void {
    const mayHold = !this.#keepAlive && this.#held.length < 6;
    const hold = mayHold && this.#chance(0.25) ? `k${this.#steps.length}` : null;
    if (hold !== null) this.#held.push(hold);
    const { target, cookie } = this.#session();
    const method = this.#of(['GET', 'GET', 'GET', 'GET', 'POST', 'HEAD'] as const);
    const post = method === 'POST' ? this.#of(posts) : null;
    // Beyond 16 KiB the sizes of forwarded chunks depend on how the client's bytes arrive.
    const chunked = post !== null && post <= 16_384 && this.#chance(0.3);
    const answer = this.#answer();
    this.#steps.push({ op: 'request', method, target, cookie, post, chunked, answer, hold });
  }

  release(): void {
    if (this.#held.length === 0) return;
    const [hold] = this.#held.splice(this.#below(this.#held.length), 1);
    this.#steps.push({ op: 'release', hold });
  }

  down(): void {
    const member = this.#below(this.#members.length);
    if (this.#down.has(member)) return;
    this.#down.add(member);
    this.#steps.push({ op: 'down', member });
  }

  up(): void {
    if (this.#down.size === 0) return;
    const member = this.#of([...this.#down]);
    this.#down.delete(member);
    this.#steps.push({ op: 'up', member });
  }

  wait(): void {
    if (this.#steps.at(-1)?.op === 'wait') return;
    this.#steps.push({ op: 'wait', seconds: this.#of([0.5, 1.3, 1.3, 2.3]) });
  }

  manage(): void {
    if (this.#chance(0.3)) {
      const set = this.#of<() => Parameters>([
        () => ({ b_lbm: this.#of(countingMethods) }),
        () => ({ b_max: String(this.#below(5)) }),
        () => ({ b_sforce: String(this.#below(2)) }),
        () => ({ b_ss: this.#of(['-', ...stickyNames]) }),
      ])();
      this.#steps.push({ op: 'manage', member: null, set });
      return;
    }
    const member = this.#below(this.#members.length);
    let set: Parameters = this.#memberField();
    if (this.#chance(0.2)) set = { ...set, ...this.#memberField() };
    this.#steps.push({ op: 'manage', member, set });
  }

  #memberField(): Parameters {
    const count = this.#members.length;
    return this.#of<() => Parameters>([
      () => ({ [`w_status_${this.#of([...managed])}`]: String(this.#below(2)) }),
      () => ({ [`w_status_${this.#of([...managed])}`]: String(this.#below(2)) }),
      () => ({ [`w_status_${this.#of([...managed])}`]: String(this.#below(2)) }),
      () => ({ w_lf: this.#of(['0.5', '1', '1.15', '2.5', '100', '101']) }),
      () => ({ w_ls: this.#of(['0', '1', '99', '100']) }),
      () => ({ w_wr: this.#chance(0.3) ? '' : this.#route(count) }),
      () => ({ w_rr: this.#chance(0.3) ? '' : this.#route(count) }),
    ])();
  }

  /** A request's path and cookie: mostly a plain session or none, sometimes what section 4 warns of. */
  #session(): Pick<Ask, 'target' | 'cookie'> {
    const path = this.#of(['/', '/x', '/x/y.html']);
    const names = this.#balancer['stickysession'];
    if (names === undefined || this.#chance(0.35)) return { target: path, cookie: null };
    const [cookieName, pathName = cookieName] = names.split('|');
    const separator = this.#balancer['stickysessionsep'] ?? '.';
    const route = this.#chance(0.1)
      ? this.#of(['', 'zz', 'R1'])
      : this.#route(this.#members.length);
    const id = this.#of(['x', 'abc', '']);
    const value = separator === 'Off' ? route : `${id}${separator}${route}`;
    const cookie = this.#of([
      `${cookieName}=${value}`,
      `${cookieName}=${value}`,
      `${cookieName}=${value}`,
      `q=1; ${cookieName}=${value}`,
      `${cookieName}=${value}; q=1`,
      `${cookieName}X=x.r2; ${cookieName}=${value}`,
      `X${cookieName}=x.r2; ${cookieName}=${value}`,
      `${cookieName} = ${value}`,
      `${cookieName}="${value}"`,
      `${cookieName}=; ${cookieName}=${value}`,
      `${cookieName}=${id}`,
      `${cookieName}=${value},x`,
    ]);
    if (this.#chance(0.65)) return { target: path, cookie };
    const url = this.#of([
      `${path}?${pathName}=${value}`,
      `${path}?${pathName}=${value}&q=1`,
      `${path}?q=1&${pathName}=${value}`,
      `${path};${pathName}=${value}`,
      `${path};${pathName}=${value};q=1`,
      `${path}%3B${pathName}=${value}?q=1`,
      `${path}?X${pathName}=${value}`,
      `${path}?${pathName}${pathName}=${value}`,
      `${path}?${pathName}=&${pathName}=${value}`,
      `${path}?${pathName}=`,
      `${path}?${pathName}=${id}`,
    ]);
    // Behind a name at the very end httpd searches on in whatever its memory holds there: see README.md.
    const target = url.endsWith('=') ? `${url}&q=1` : url;
    return { target, cookie: this.#chance(0.3) ? cookie : null };
  }

  #answer(): Answer {
    const status = this.#of(fewStatuses);
    const framing = this.#of([
      'length',
      'length',
      'length',
      'chunked',
      'chunked',
      'close',
    ] as const);
    const interim = this.#chance(0.05) ? 103 : null;
    const fault = this.#chance(this.#keepAlive ? 0.15 : 0.06)
      ? this.#of(['vanish', 'cut'] as const)
      : null;
    return { status, body: this.#of(sizes), framing, interim, fault };
  }

  #below(count: number): number {
    return Math.floor(this.#uniform() * count);
  }

  #chance(probability: number): boolean {
    return this.#uniform() < probability;
  }

  #of<T>(list: readonly T[]): T {
    return list[this.#below(list.length)];
  }
}
