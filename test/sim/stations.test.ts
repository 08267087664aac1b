import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../sim/event-queue.ts';
import { DEPART, eventOf, kindOf, rowOf, SHARE, TIMER } from '../../sim/events.ts';
import type { Station } from '../../sim/station.ts';
import { Stations } from '../../sim/stations.ts';
import { NONE } from '../../src/core/index.ts';
import { parseScenario } from '../../src/scenario/parse.ts';

const SEED = 20261121;
const MS = 1e6;

/** One station whose services are `uniform` x 100 ms. */
class Bench {
  readonly queue = new EventQueue();
  readonly stations: Stations;
  readonly departed: { exchange: number; atMs: number; waitedMs: number }[] = [];
  readonly #plans: (() => void)[] = [];
  nowNs = 0;

  constructor(backend: string) {
    const scenario = parseScenario(
      `
run: { requests: 1 }
balancer: { workers: [ { name: a } ] }
backends: { app: { service: { uniform: [0s, 100ms] }, ${backend} } }
clients: [ { name: c, arrival: { constant: 1/s } } ]`,
      'bench.yaml',
    );
    this.stations = new Stations(this.queue, scenario);
  }

  get station(): Station {
    return this.stations.all[0];
  }

  at(ms: number, what: () => void): this {
    this.queue.push(Math.round(ms * MS), eventOf(TIMER, this.#plans.push(what) - 1));
    return this;
  }

  /** `exchange` arrives at `ms` and needs `serviceMs`. */
  arrive(ms: number, exchange: number, serviceMs: number): this {
    return this.at(ms, () =>
      this.stations.enter(this.station, exchange, serviceMs / 100, this.nowNs),
    );
  }

  run(): this {
    const { queue, stations } = this;
    while (queue.pop()) {
      this.nowNs = queue.timeNs;
      const kind = kindOf(queue.event);
      const row = rowOf(queue.event);
      if (kind === TIMER) this.#plans[row]();
      if (kind === DEPART) this.#note(stations.depart(row, queue.sequence, this.nowNs));
      if (kind === SHARE) this.#note(stations.departShared(row, queue.sequence, this.nowNs));
    }
    return this;
  }

  #note(exchange: number): void {
    if (exchange === NONE) return;
    const waitedMs = this.stations.waitedNs / MS;
    this.departed.push({ exchange, atMs: this.nowNs / MS, waitedMs });
  }

  /** [exchange, departure in ms] in order of departure. */
  get order(): number[][] {
    return this.departed.map(({ exchange, atMs }) => [exchange, atMs]);
  }
}

describe('first come, first served', () => {
  it('serves in order of arrival with as many as there are slots', () => {
    const bench = new Bench('slots: 2');
    bench.arrive(0, 1, 50).arrive(10, 2, 20).arrive(15, 3, 10).arrive(16, 4, 1).run();
    expect(bench.order).toEqual([
      [2, 30],
      [3, 40],
      [4, 41],
      [1, 50],
    ]);
    expect(bench.departed.map(({ waitedMs }) => waitedMs)).toEqual([0, 15, 24, 0]);
  });

  it('integrates slots at work and requests waiting', () => {
    const bench = new Bench('slots: 1');
    bench.arrive(0, 1, 50).arrive(20, 2, 10).run();
    expect(bench.stations.serving.area(60 * MS)[0]).toBe(60 * MS);
    expect(bench.stations.waiting.area(60 * MS)[0]).toBe(30 * MS);
    expect([bench.stations.serving.value[0], bench.stations.waiting.value[0]]).toEqual([0, 0]);
  });

  it('turns away whoever finds slots and places taken', () => {
    const bench = new Bench('slots: 1, queue: 1');
    const taken: boolean[] = [];
    for (const ms of [0, 1, 2, 50, 51]) {
      bench.at(ms, () =>
        taken.push(bench.stations.enter(bench.station, ms, 0.5, bench.nowNs) !== NONE),
      );
    }
    bench.run();
    // At 50 the first departs before the fourth arrives? No: that arrival was scheduled earlier.
    expect(taken).toEqual([true, true, false, false, true]);
    expect(bench.order).toEqual([
      [0, 50],
      [1, 100],
      [51, 150],
    ]);
  });

  it('slows down what is under way, and speeds it up again', () => {
    const bench = new Bench('slots: 1');
    bench.arrive(0, 1, 60).arrive(1, 2, 20);
    bench.at(30, () => bench.stations.setSlowness(0, 3, bench.nowNs)); // 30 left: 90
    bench.at(90, () => bench.stations.setSlowness(0, 1, bench.nowNs)); // 10 left
    bench.run();
    expect(bench.order).toEqual([
      [1, 100],
      [2, 120],
    ]);
  });

  it('takes longer for what starts while it is slow, and does not call that waiting', () => {
    const bench = new Bench('slots: 1');
    bench.at(0, () => bench.stations.setSlowness(0, 4, 0));
    bench.arrive(0, 1, 10).arrive(0, 2, 10).run();
    expect(bench.order).toEqual([
      [1, 40],
      [2, 80],
    ]);
    expect(bench.departed.map(({ waitedMs }) => waitedMs)).toEqual([0, 40]);
  });
});

describe('processor sharing', () => {
  it('gives everybody the same share', () => {
    const bench = new Bench('discipline: ps');
    // From 20 on two share: the first has 10 left and needs 20; then the second has 20 left, alone.
    bench.arrive(0, 1, 30).arrive(20, 2, 30).run();
    expect(bench.order).toEqual([
      [1, 40],
      [2, 60],
    ]);
  });

  it('gives nobody more than one slot', () => {
    const bench = new Bench('discipline: ps, slots: 2');
    // Three in two slots from 0: each at 2/3. The first departs at 15, then two run at full speed.
    bench.arrive(0, 1, 10).arrive(0, 2, 20).arrive(0, 3, 30).run();
    expect(bench.order).toEqual([
      [1, 15],
      [2, 25],
      [3, 35],
    ]);
    expect(bench.stations.serving.area(35 * MS)[0]).toBe(60 * MS); // all the work there was
  });

  it('turns away whoever finds slots and places taken', () => {
    const bench = new Bench('discipline: ps, slots: 1, queue: 1');
    const taken: boolean[] = [];
    for (const ms of [0, 1, 2]) {
      bench.at(ms, () =>
        taken.push(bench.stations.enter(bench.station, ms, 0.5, bench.nowNs) !== NONE),
      );
    }
    bench.run();
    expect(taken).toEqual([true, true, false]);
  });

  it('slows down what is under way, and speeds it up again', () => {
    const bench = new Bench('discipline: ps');
    bench.arrive(0, 1, 60);
    bench.at(30, () => bench.stations.setSlowness(0, 3, bench.nowNs));
    bench.at(90, () => bench.stations.setSlowness(0, 1, bench.nowNs));
    bench.run();
    expect(bench.order).toEqual([[1, 100]]);
  });
});

describe.each(['fifo', 'ps'])('%s: faults', (discipline) => {
  const bench = () => new Bench(`discipline: ${discipline}, slots: 2`);

  it('answers nobody once frozen, and holds who comes', () => {
    const frozen = bench();
    frozen.arrive(0, 1, 50).at(10, () => {
      frozen.station.hangs = 1;
      frozen.stations.freeze(0);
    });
    frozen.arrive(20, 2, 5).run();
    expect(frozen.departed).toEqual([]);
    expect(frozen.stations.drop(0, 100 * MS).sort()).toEqual([1, 2]);
  });

  it('loses all it has when dropped, and works afterwards', () => {
    const dropped = bench();
    let lost: number[] = [];
    for (const exchange of [1, 2, 3]) dropped.arrive(0, exchange, 50);
    dropped.at(20, () => {
      lost = dropped.stations.drop(0, dropped.nowNs);
    });
    dropped.arrive(30, 4, 10).run();
    expect(lost.sort()).toEqual([1, 2, 3]);
    expect(dropped.order).toEqual([[4, 40]]);
    expect(dropped.stations.serving.value[0]).toBe(0);
  });

  it('works on for a balancer that has given up, and answers nobody', () => {
    const station = new Bench(`discipline: ${discipline}, slots: 1`);
    let job = NONE;
    station.at(0, () => {
      job = station.stations.enter(station.station, 1, 0.5, 0);
    });
    station.at(10, () => station.stations.abandon(job));
    station.arrive(60, 2, 10).run();
    expect(station.order).toEqual([[2, 70]]);
    expect(station.stations.serving.area(70 * MS)[0]).toBe(60 * MS);
  });
});

describe('against a naive computation', () => {
  const job = fc.record({ gap: fc.nat({ max: 40 }), service: fc.integer({ min: 1, max: 100 }) });
  const slow = fc.record({ gap: fc.nat({ max: 60 }), factor: fc.constantFrom(1, 2, 3, 0.5) });
  const cases = fc.record({
    slots: fc.integer({ min: 1, max: 4 }),
    jobs: fc.array(job, { minLength: 1, maxLength: 25 }),
    slows: fc.array(slow, { maxLength: 4 }),
  });

  /** Departures in ms by advancing in small exact steps from event to event: rates change only at those. */
  function naive(
    discipline: string,
    slots: number,
    arrivals: { at: number; left: number }[],
    slows: { at: number; factor: number }[],
  ): number[] {
    const departures: number[] = [];
    const present: number[] = [];
    let now = 0;
    let slowness = 1;
    let next = 0;
    let nextSlow = 0;
    while (departures.filter((at) => at !== undefined).length < arrivals.length) {
      const served = discipline === 'ps' ? present : present.slice(0, slots);
      const rate = (discipline === 'ps' ? Math.min(1, slots / present.length) : 1) / slowness;
      const least = Math.min(...served.map((id) => arrivals[id].left), Infinity);
      const times = [
        arrivals[next]?.at ?? Infinity,
        slows[nextSlow]?.at ?? Infinity,
        now + least / rate,
      ];
      const then = Math.min(...times);
      for (const id of served) arrivals[id].left -= (then - now) * rate;
      now = then;
      for (const id of [...served]) {
        if (arrivals[id].left > 1e-9) continue;
        departures[id] = now;
        present.splice(present.indexOf(id), 1);
      }
      if (times[1] === then) slowness = slows[nextSlow++].factor;
      else if (times[0] === then) present.push(next++);
    }
    return departures;
  }

  it.each(['fifo', 'ps'])(
    '%s, with slots and slowness that changes in mid-service',
    (discipline) => {
      fc.assert(
        fc.property(cases, ({ slots, jobs, slows }) => {
          const bench = new Bench(`discipline: ${discipline}, slots: ${slots}`);
          const begins = cumulated(jobs.map(({ gap }) => gap));
          const changes = cumulated(slows.map(({ gap }) => gap)).map((at) => at + 0.5); // never at once
          jobs.forEach(({ service }, id) => {
            bench.arrive(begins[id], id, service);
          });
          slows.forEach(({ factor }, i) => {
            bench.at(changes[i], () => bench.stations.setSlowness(0, factor, bench.nowNs));
          });
          bench.run();
          const expected = naive(
            discipline,
            slots,
            jobs.map(({ service }, i) => ({ at: begins[i], left: service })),
            slows.map(({ factor }, i) => ({ at: changes[i], factor })),
          );
          // Each departure and change rounds to a nanosecond.
          for (const { exchange, atMs } of bench.departed) {
            expect(Math.abs(atMs - expected[exchange])).toBeLessThan(100e-6);
          }
          expect(bench.departed.length).toBe(jobs.length);
        }),
        { seed: SEED, numRuns: 150 },
      );
    },
  );
});

function cumulated(gaps: number[]): number[] {
  let sum = 0;
  return gaps.map((gap) => {
    sum += gap;
    return sum;
  });
}
