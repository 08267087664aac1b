/** Parameters that a proxy obeys and the simulator does not. */
import { type Trap, workerPath } from './trap.ts';

/** What the simulator uses of a worker, or needs not; in lower case. */
const simulatedKeys = new Set(
  'name url backend loadfactor lbset route redirect status retry max acquire timeout disablereuse enablereuse proxyprotocol'.split(
    ' ',
  ),
);

export const simulated: readonly Trap[] = [
  {
    code: 'not-simulated',
    severity: 'warning',
    find: ({ balancer, keysOf }) => {
      const keys = balancer.workers.map((_, i) =>
        keysOf(workerPath(i)).filter((key) => !simulatedKeys.has(key)),
      );
      return [...new Set(keys.flat().map(subjectOf))].map((subject) => {
        const own = keys.map((some) => some.find((key) => subjectOf(key) === subject));
        const first = own.findIndex((key) => key !== undefined);
        const count = own.filter((key) => key !== undefined).length;
        const whose = count === 1 ? 'one worker has' : `${count} workers have`;
        return {
          path: workerPath(first, own[first]!),
          says: `${whose} ${subject} and the simulator does not; ${effectOf(subject)}; leave it as it is, and keep that in mind`,
        };
      });
    },
  },
];

/** All parameters of health checks say one thing. */
function subjectOf(key: string): string {
  return key.startsWith('hc') ? 'health checks' : key;
}

function effectOf(subject: string): string {
  if (subject === 'health checks') {
    return 'there a dead worker is found by requests, and comes back after retry';
  }
  if (subject === 'ping') return 'there a dead worker is found when connecting, or by timeout';
  return 'its connections know no such setting';
}
