/** The watchdog by hand: two members, looked at every 100 ms. */
import { expect, it } from 'vitest';
import { Balancer, HealthSchedule, LOOK_NS, lbmethods } from '../../src/core/index.ts';

const MS = 1e6;

/** Members checked every `intervals` ms, of one balancer of byrequests. */
function world(intervals: number[], atOnce: number) {
  const balancer = new Balancer({ lbmethod: lbmethods[0]!, workers: intervals.map(() => ({})) });
  const members = intervals.map((ms, worker) => ({ balancer, worker, intervalNs: ms * MS }));
  const schedule = new HealthSchedule(members, atOnce, 0);
  /** Workers whose checks begin when the watchdog looks at `ms`. */
  const look = (ms: number) => {
    schedule.look(ms * MS);
    return begun();
  };
  const begun = () => {
    const workers: number[] = [];
    for (let one = schedule.next(); one !== null; one = schedule.next()) workers.push(one.worker);
    return workers;
  };
  const done = (worker: number, passed: boolean, ms: number) =>
    schedule.done(members[worker]!, passed, ms * MS);
  return { balancer, look, begun, done };
}

it('looks every 100 ms', () => {
  expect(LOOK_NS).toBe(100 * MS);
});

it('checks first after, not at, one interval, and again one interval after the end', () => {
  const { look, done } = world([200], 16);
  expect([100, 200, 300].map(look)).toEqual([[], [], [0]]);
  expect([400, 500].map(look)).toEqual([[], []]); // it is being checked
  done(0, true, 550);
  expect([600, 700, 750, 800].map(look)).toEqual([[], [], [], [0]]);
});

it('checks no more at once than it may, first come first served; 0 is one', () => {
  for (const atOnce of [0, 1]) {
    const { look, begun, done } = world([100, 100, 100], atOnce);
    expect(look(200)).toEqual([0]);
    done(0, true, 310);
    expect(begun()).toEqual([1]);
    done(1, true, 320);
    expect(begun()).toEqual([2]);
  }
  expect(world([100, 100, 100], 2).look(200)).toEqual([0, 1]);
});

it('leaves stopped members alone, and tells the balancer each verdict', () => {
  const { balancer, look, done } = world([100, 100], 16);
  balancer.manageWorker(0, { status: { S: true } });
  expect(look(200)).toEqual([1]);
  done(1, false, 210);
  done(1, false, 220); // once only
  expect(balancer.workers.errorTimeNs[1]).toBe(210 * MS);
  expect(balancer.pick(-1, 230 * MS)).toBe(-1);
});
