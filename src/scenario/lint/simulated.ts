/** Parameters that a proxy obeys and the simulator does not. */
import { type Trap, workerPath } from './trap.ts';

/** What the simulator uses of a worker, or needs not; in lower case. */
const simulatedKeys = new Set(
  'name url backend loadfactor lbset route redirect status retry max acquire timeout disablereuse enablereuse'.split(
    ' ',
  ),
);

export const simulated: readonly Trap[] = [
  {
    code: 'not-simulated',
    severity: 'warning',
    find: ({ balancer, keysOf }) => {
      const keys = balancer.workers.map((_, i) => keysOf(workerPath(i)));
      const ignored = new Set(keys.flat().filter((key) => !simulatedKeys.has(key)));
      return [...ignored].map((key) => {
        const count = keys.filter((own) => own.includes(key)).length;
        const whose = count === 1 ? 'one worker has' : `${count} workers have`;
        return {
          path: workerPath(
            keys.findIndex((own) => own.includes(key)),
            key,
          ),
          says: `${whose} it and the simulator does not; ${effectOf(key)}; leave it as it is, and keep that in mind`,
        };
      });
    },
  },
];

function effectOf(key: string): string {
  if (key.startsWith('hc')) {
    return 'there are no health checks in it: a dead worker is found by requests, and comes back after retry';
  }
  if (key === 'ping') return 'in it a dead worker is found when connecting, or by timeout';
  return 'its connections know no such setting';
}
