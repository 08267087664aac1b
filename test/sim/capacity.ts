/** Searches for capacity in this thread. */
import { type CapacityOptions, capacityOf } from '../../sim/capacity/capacity.ts';
import { runnerFor } from '../../sim/tasks.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

/** M/M/1 with a mean service of 10 ms, held to `expects`; `more` adds workers. */
export const mm1 = (expects: string, seed = 1, more = '', requests = 2000) =>
  parseScenario(
    `name: mm1
seed: ${seed}
run: { requests: ${requests}, warmup: 3s, replications: 10 }
balancer: { workers: [{ name: a }${more}] }
backends: { app: { slots: 1, service: { exponential: 10ms } } }
clients: [{ name: visitors, arrival: { poisson: 50/s } }]
expect: [${expects}]
`,
    'mm1.yaml',
  );

/** With ten replications at every rate, no more. */
export function capacity(scenario: Scenario, precision: number) {
  const runner: CapacityOptions['runner'] = (job) => {
    const ready = runnerFor(job);
    return async (task) => (await ready)(task);
  };
  return capacityOf({
    scenario,
    lbmethod: scenario.balancer.lbmethod,
    only: null,
    precision,
    replicationsMax: 10,
    runner,
    onLook: () => {},
  });
}
