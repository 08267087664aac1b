/** Where a worker's connections go to: the addresses of its host name, or its unix socket. */
import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import type { MemberUrl } from '../../config/config.ts';

export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

/** null: the name could not be resolved. */
export type Resolved = (addresses: readonly Address[] | null) => void;

export class Resolver {
  readonly #url: MemberUrl;
  readonly #ttlMs: number;
  readonly #fixed: readonly Address[] | null;
  #cached: readonly Address[] | null = null;
  #cachedAtMs = 0;
  /** Who waits for the lookup that is under way. */
  #waiting: Resolved[] = [];

  /** `ttlSeconds`: how long addresses are kept; -1: for ever. */
  constructor(url: MemberUrl, ttlSeconds: number) {
    this.#url = url;
    this.#ttlMs = ttlSeconds < 0 ? Number.POSITIVE_INFINITY : ttlSeconds * 1000;
    if (url.socket !== null) this.#fixed = [{ path: url.socket }];
    else if (isIP(url.host) !== 0) this.#fixed = [{ host: url.host, port: url.port }];
    else this.#fixed = null;
  }

  /** Addresses that need no lookup; null: `lookUp`. */
  get known(): readonly Address[] | null {
    if (this.#fixed !== null) return this.#fixed;
    if (this.#cached !== null && performance.now() - this.#cachedAtMs >= this.#ttlMs) {
      this.#cached = null;
    }
    return this.#cached;
  }

  /** Addresses may change with another lookup. */
  get changeable(): boolean {
    return this.#fixed === null;
  }

  /** All addresses in the order of the system's resolver. Those who ask meanwhile share one lookup. */
  lookUp(resolved: Resolved): void {
    this.#waiting.push(resolved);
    if (this.#waiting.length > 1) return;
    const { host, port } = this.#url;
    lookup(host, { all: true, verbatim: true }, (error, found) => {
      const addresses =
        error === null && found.length > 0
          ? found.map(({ address }) => ({ host: address, port }))
          : null;
      if (addresses !== null) {
        this.#cached = addresses;
        this.#cachedAtMs = performance.now();
      }
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const tell of waiting) tell(addresses);
    });
  }
}

/** Whether another lookup has brought nothing new. */
export function sameAddresses(a: readonly Address[], b: readonly Address[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
