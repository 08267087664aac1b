/** Connections to backends: what opening one costs, and when an idle one is used again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdleConnections } from '../../sim/idle-connections.ts';
import { everyTenth, play } from './play.ts';

const SEED = 20261127;
const sojourns = (backend: string, worker = '', count = 5) =>
  play(everyTenth(count, `balancer: { workers: [ { name: a${worker} } ] }`, backend)).sojournMs;
const far = 'service: 20ms, rtt: 10ms, connect: 30ms';

describe('a request', () => {
  it('pays for a new connection with one round trip and `connect`', () => {
    expect(sojourns(far)).toEqual([70, 30, 30, 30, 30]);
    expect(sojourns(far, ', disablereuse: On')).toEqual([70, 70, 70, 70, 70]);
  });

  it('finds a connection closed that was idle for `keepalive` of the backend, or `ttl` of the worker', () => {
    // Idle from 170 to 200: used. From 230 to 300: closed. And so on.
    expect(sojourns(`${far}, keepalive: 50ms`)).toEqual([70, 30, 70, 30, 70]);
    expect(sojourns(`${far}, keepalive: 70ms`)).toEqual([70, 30, 70, 30, 70]); // at 70 it is too old
    expect(sojourns(`${far}, keepalive: 71ms`)).toEqual([70, 30, 30, 30, 30]);
    const seldom = (rate: string) => {
      const text = everyTenth(3, 'balancer: { workers: [ { name: a, ttl: 1s } ] }', far);
      return play(text.replace('10/s', rate)).sojournMs;
    };
    expect(seldom('1/s')).toEqual([70, 30, 30]); // idle for 930, then for 970
    expect(seldom('30/m')).toEqual([70, 70, 70]);
  });

  it('is told of a refused connection after one round trip', () => {
    const crash = 'events: [ { at: 0s, worker: a, crash: 150ms } ]';
    const two = 'balancer: { workers: [ { name: a }, { name: b } ] }';
    expect(play(everyTenth(1, `${two}\n${crash}`, far)).sojournMs).toEqual([80]);
  });
});

describe('IdleConnections', () => {
  /** Since when each connection is idle, oldest first; the rules as spec 5.5 words them. */
  class Naive {
    readonly since: number[] = [];
    readonly ttlNs: number;
    readonly smax: number;
    constructor(ttlNs: number, smax: number) {
      this.ttlNs = ttlNs;
      this.smax = smax;
    }
    take(nowNs: number): boolean {
      for (;;) {
        const since = this.since.pop();
        if (since === undefined) return false;
        if (nowNs - since < this.ttlNs) return true;
      }
    }
    put(nowNs: number): void {
      this.since.push(nowNs);
      while (this.since.length > this.smax && nowNs - this.since[0] >= this.ttlNs)
        this.since.shift();
    }
  }

  it('agrees with a list, operation by operation', () => {
    const step = fc.record({ wait: fc.nat({ max: 4 }), put: fc.boolean() });
    const limits = fc.record({
      ttl: fc.option(fc.integer({ min: 1, max: 12 })),
      smax: fc.option(fc.integer({ min: 0, max: 4 })),
    });
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 200 }), ({ ttl, smax }, steps) => {
        const idle = new IdleConnections(ttl, smax);
        const naive = new Naive(ttl ?? Infinity, smax ?? Infinity);
        let nowNs = 0;
        for (const { wait, put } of steps) {
          nowNs += wait;
          if (put) {
            idle.put(nowNs);
            naive.put(nowNs);
          } else expect(idle.take(nowNs)).toBe(naive.take(nowNs));
          expect(idle.size).toBe(naive.since.length);
        }
        idle.clear();
        expect(idle.take(nowNs)).toBe(false);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});
