/** Load against capacity, from the means alone. */
import { factorsOf } from '../../config/lbmethod-of.ts';
import { LabError } from '../../problems/errors.ts';
import { checkStability, isBounded, relaxationNs } from '../load.ts';
import type { Scenario } from '../scenario.ts';
import { round, seconds, type Trap, type View, when, whenAll, workerPath } from './trap.ts';

/** Above this load a system needs very long to forget its start. */
const LOAD_HIGH = 0.95;
/** A start is forgotten after so many relaxation times. */
const RELAXATIONS = 5;

export const capacity: readonly Trap[] = [
  {
    code: 'unstable',
    severity: 'error',
    find: ({ scenario }) => {
      const message = instability(scenario);
      return whenAll(message !== null, ['clients'], message ?? '');
    },
  },
  {
    code: 'worker-unstable',
    severity: 'error',
    find: (view) => overloaded(view, false),
  },
  {
    code: 'worker-overloaded',
    severity: 'warning',
    find: (view) => overloaded(view, true),
  },
  {
    code: 'load-high',
    severity: 'warning',
    find: ({ scenario, load: { total } }) => {
      const high = total !== null && total > LOAD_HIGH && total < 1;
      const ns = high ? relaxationNs(scenario, total) : 0;
      return whenAll(
        high,
        ['clients'],
        `load ${round(total ?? 0)}; the system forgets a state in about ${seconds(ns)}, and shorter runs say little; warm up for ${seconds(RELAXATIONS * ns)} and run for many times that, or lower the load`,
      );
    },
  },
  {
    code: 'peak-overload',
    severity: 'warning',
    find: ({ load: { total, peak } }) =>
      whenAll(
        total !== null && peak !== null && total < 1 && peak >= 1 && peak > total,
        ['clients'],
        `load ${round(total ?? 0)} on average, ${round(peak ?? 0)} when they come fastest; queues grow for as long as that lasts, and percentiles then tell of the peak; give the peak an end, add slots, or bound the wait`,
      ),
  },
  {
    code: 'warmup-short',
    severity: 'warning',
    find: ({ scenario, load: { total } }) => {
      const { warmupNs } = scenario.run;
      if (warmupNs === null || total === null || total >= 1) return [];
      const neededNs = RELAXATIONS * relaxationNs(scenario, total);
      return when(
        warmupNs < neededNs,
        ['run', 'warmup'],
        `at load ${round(total)} the empty start is forgotten after about ${seconds(neededNs)}; results are too good until then; use warmup: auto, or ${seconds(neededNs)} and more`,
      );
    },
  },
  {
    code: 'backend-unused',
    severity: 'warning',
    find: ({ scenario: { backends, balancer } }) =>
      backends.flatMap(({ name }, i) =>
        whenAll(
          !balancer.workers.some(({ backend }) => backend === i),
          ['backends', name],
          'no worker names it; it serves nobody; give a worker this backend, or remove it',
        ),
      ),
  },
  {
    code: 'overload-marks-error',
    severity: 'warning',
    find: ({ scenario: { balancer, backends } }) =>
      backends.flatMap(({ name, queue, queueFull }) => {
        const refuses = queueFull === 'refuse';
        const how = refuses ? 'refuses' : 'answers 503, which is in failonstatus';
        return when(
          queue !== null && (refuses || balancer.failonstatus.includes(503)),
          ['backends', name, 'queue'],
          `a full queue ${how}; that puts a worker in error which is only busy, and the others get its load; ${refuses ? 'let it answer 503' : 'take 503 out of failonstatus'}, or shorten retry`,
        );
      }),
  },
];

function instability(scenario: Scenario): string | null {
  try {
    checkStability(scenario);
    return null;
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return error.problems[0]!.message.replace(/^clients offer/, 'they offer').replace(/\.$/, '');
  }
}

/** Workers that get more by their load factor than they serve, though all together could serve it. */
function overloaded({ scenario, load }: View, bounded: boolean) {
  const { lbmethod, workers } = scenario.balancer;
  if (factorsOf(lbmethod) !== 'shares' || load.total === null || load.total >= 1) return [];
  const open = scenario.clients.filter(({ arrival }) => arrival.kind !== 'closed');
  const patient = open.some(({ timeoutNs }) => timeoutNs === null);
  return workers.flatMap((worker, i) => {
    const utilization = load.perWorker[i] ?? 0;
    const isHeld = isBounded(scenario, worker) || !patient;
    const effect = isHeld ? 'it sheds what it cannot serve' : 'its queue grows as long as it runs';
    return when(
      utilization >= 1 && isHeld === bounded,
      workerPath(i, 'loadfactor'),
      `its share by load factor is ${round(utilization)} times what it can serve; ${effect}, while others have room; lower its loadfactor, or add slots`,
    );
  });
}
