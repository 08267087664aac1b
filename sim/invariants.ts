/** What must hold at the end of every replication, whatever the scenario: broken means the engine is wrong. */
import type { Model } from './model.ts';

/** Relative error that rounding explains: sums of products below 2^53 or a few bits above. */
const ROUNDING = 1e-9;

/** Sentences about what does not hold; empty when all is well. */
export function brokenInvariants(model: Model): string[] {
  const { observations: seen, flights, proxies, ledger, nowNs } = model;
  let underWay = 0;
  let unfinished = 0;
  let residenceNs = ledger.residenceNs;
  let tryTimeNs = ledger.tryTimeNs;
  let triesUnderWay = 0;
  for (const flight of flights.all) {
    if (flight.serial !== 0 && flight.measured === 1) unfinished++;
    if (flight.underWay === 0) continue;
    const { tries } = flight;
    underWay++;
    residenceNs += nowNs - flight.startedNs;
    triesUnderWay += tries;
    tryTimeNs += tries * nowNs - flight.pickedSumNs;
  }
  const failed = seen.failed.reduce((sum, count) => sum + count, 0);
  const busy = proxies
    .flatMap(({ balancer }) => [...balancer.workers.busy])
    .reduce((sum, count) => sum + count, 0);
  const busyNs = seen.busy.area(nowNs).reduce((sum, area) => sum + area, ledger.busyBeforeNs);
  const underWayNs = ledger.underWay.area(nowNs);
  const broken: string[] = [];
  const check = (holds: boolean, sentence: string) => {
    if (!holds) broken.push(sentence);
  };
  check(
    seen.arrived === seen.succeeded + failed + unfinished,
    `conservation of requests: ${seen.arrived} arrived, but ${seen.succeeded} + ${failed} ended and ${unfinished} are left`,
  );
  check(
    ledger.begun === ledger.closed + underWay,
    `conservation of exchanges: ${ledger.begun} began, but ${ledger.closed} closed and ${underWay} are under way`,
  );
  check(
    near(underWayNs, residenceNs),
    `Little's law: the integral of exchanges under way is ${underWayNs} ns, their times add up to ${residenceNs} ns`,
  );
  if (ledger.busyWasReset) return broken;
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
