/** How uneven chance makes counts (V48, V50, V53). */
import { fullestOfRandom, randomVariation, stickyVariation } from '../../theory/index.ts';
import { type Case, metric, type SimulatedCase } from '../case.ts';
import { namesOf } from '../station.ts';

/** Replications of ten workers picked at random; more requests are more replications. */
function counted(
  more: Pick<SimulatedCase, 'id' | 'title' | 'checks' | 'replications'>,
  text: string,
): SimulatedCase {
  const head = `balancer: { lbmethod: random, stickysession: S, workers: [ ${namesOf(10)} ] }`;
  return { kind: 'simulated', warmupNs: 1e6, text: () => `${head}\n${text}`, ...more };
}

const singles = (requests: number) => `
run: { requests: ${requests} }
backends: { app: { service: 1ms } }
clients: [ { name: c, arrival: { poisson: 100/s } } ]`;

// Squared variation over ten workers has nine degrees of freedom: 400 replications give a standard error of 2.4 %.
export const counting: readonly Case[] = [
  counted(
    {
      id: 'V48',
      title: 'random: the fullest of 10 workers after 100 requests',
      replications: 1000,
      checks: [
        {
          of: 'elected, largest',
          exact: () => fullestOfRandom(100, 10),
          within: 0.005,
          measure: ({ workers }) => Math.max(...workers.elected),
        },
      ],
    },
    singles(100),
  ),
  counted(
    {
      id: 'V50',
      title: 'random: the squared variation of shares after 1000 requests',
      replications: 400,
      checks: [
        {
          ...metric('fairness.excess', () => randomVariation(1000, 10), 0.03),
          of: 'fairness.excess + floor',
          measure: (run) =>
            metric('fairness.excess', () => 0, 0).measure(run, 0) + randomVariation(1000, 10),
        },
      ],
    },
    singles(1000),
  ),
  counted(
    {
      id: 'V53',
      title: 'random, 200 sticky sessions of 10 requests: worse by E[K^2] / E[K]',
      replications: 400,
      checks: [
        metric('sticky.skew', () => randomVariation(200, 10), 0.03),
        metric('fairness.excess', () => stickyVariation(200, 10, 10), 0.03),
      ],
    },
    `
run: { duration: 2s }
backends: { app: { service: 1ms, slots: 1000 } }
clients: [ { name: c, arrival: { constant: 100/s }, session: { requests: { geometric: 10 } } } ]`,
  ),
];
