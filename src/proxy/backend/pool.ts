/** Idle connections of one worker; the one freed last is used first (spec: httpd 5.5). */
import { performance } from 'node:perf_hooks';
import type { Connection } from './connection.ts';

export interface PoolConf {
  /** null: idle connections do not age, and none is dropped. */
  readonly ttlSeconds: number | null;
  /** Idle connections above it are dropped, oldest first, when one is freed and they are old; null: none are. */
  readonly smax: number | null;
}

export class Pool {
  /** Oldest first. */
  readonly #idle: Connection[] = [];
  readonly #ttlMs: number | null;
  readonly #smax: number;

  constructor(conf: PoolConf) {
    this.#ttlMs = conf.ttlSeconds === null ? null : conf.ttlSeconds * 1000;
    this.#smax = conf.smax ?? Number.POSITIVE_INFINITY;
  }

  get size(): number {
    return this.#idle.length;
  }

  /** A connection that may be used, or null. It has left the pool. */
  take(): Connection | null {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined) return null;
      const ttlMs = this.#ttlMs;
      if (ttlMs === null || performance.now() - connection.idleSinceMs < ttlMs) return connection;
      connection.close();
    }
  }

  put(connection: Connection): void {
    const idle = this.#idle;
    idle.push(connection);
    if (this.#ttlMs === null) return;
    const now = performance.now();
    connection.idleSinceMs = now;
    while (idle.length > this.#smax && now - idle[0].idleSinceMs >= this.#ttlMs) idle[0].close();
  }

  /** Forgets a connection that is being closed, if it is here. */
  remove(connection: Connection): void {
    const at = this.#idle.lastIndexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  /** Closes all of them. */
  drain(): void {
    while (this.#idle.length > 0) this.#idle.pop()?.close();
  }
}
