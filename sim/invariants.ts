/** What must hold at the end of every replication, whatever the scenario: broken means the engine is wrong. */
import type { Model } from './model.ts';

/** Relative error that rounding explains: sums of products below 2^53 or a few bits above. */
const ROUNDING = 1e-9;

/** Sentences about what does not hold; empty when all is well. */
export function brokenInvariants(model: Model): string[] {
  const { observations: seen, exchanges, flights } = model;
  const { rows } = flights;
  let underWay = 0;
  let unfinished = 0;
  let residenceNs = model.residenceNs;
  let tryTimeNs = model.tryTimeNs;
  let triesUnderWay = 0;
  for (let id = 0; id < exchanges.capacity; id++) {
    if (rows.serial[id] !== 0 && rows.measured[id] === 1) unfinished++;
    if (rows.underWay[id] === 0) continue;
    underWay++;
    residenceNs += model.nowNs - rows.startedNs[id];
    triesUnderWay += exchanges.tries(id);
    tryTimeNs += exchanges.tries(id) * model.nowNs - rows.pickedSumNs[id];
  }
  const failed = seen.failed.reduce((sum, count) => sum + count, 0);
  const busy = model.balancer.workers.busy.reduce((sum, count) => sum + count, 0);
  const busyNs = seen.busy.area.reduce((sum, area) => sum + area, model.busyBeforeNs);
  const broken: string[] = [];
  const check = (holds: boolean, sentence: string) => {
    if (!holds) broken.push(sentence);
  };
  check(
    seen.arrived === seen.succeeded + failed + unfinished,
    `conservation of requests: ${seen.arrived} arrived, but ${seen.succeeded} + ${failed} ended and ${unfinished} are left`,
  );
  check(
    model.begun === model.closed + underWay,
    `conservation of exchanges: ${model.begun} began, but ${model.closed} closed and ${underWay} are under way`,
  );
  check(
    near(model.underWay.area[0], residenceNs),
    `Little's law: the integral of exchanges under way is ${model.underWay.area[0]} ns, their times add up to ${residenceNs} ns`,
  );
  if (model.busyWasReset) return broken;
  check(
    busy === triesUnderWay,
    `busy: the workers hold ${busy} requests, but ${triesUnderWay} tries are under way`,
  );
  check(
    near(busyNs, tryTimeNs),
    `Little's law: the integral of busy is ${busyNs} ns, the tries add up to ${tryTimeNs} ns`,
  );
  return broken;
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b), 1);
}
