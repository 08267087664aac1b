/** Whether two scenarios ask for the same traffic, so that their numbers can be compared by pairs. */
import { createHash } from 'node:crypto';
import type { Scenario } from '../../src/scenario/scenario.ts';

/**
 * SHA-256 of everything that is not the policy: clients, backends, events, length of the run. The balancer (lbmethod,
 * load factors, an httpd.conf) is what changes and is judged; names, `expect` and the seed do not matter here.
 */
export function workloadOf(scenario: Scenario): string {
  const { name, description, seed, file, sha256, expect, balancer, run, ...rest } = scenario;
  const { durationNs, requests, warmupNs } = run;
  const workers = balancer.workers.map((worker) => worker.name);
  const text = JSON.stringify({ ...rest, durationNs, requests, warmupNs }, (key, value) => {
    if (value === null || value === false || (Array.isArray(value) && value.length === 0)) {
      return undefined; // what is not there is the same whether a version knows of it or not
    }
    if (key === 'file') return undefined; // what a trace or a module says counts, not where it lies
    if (ArrayBuffer.isView(value)) return digest(new Uint8Array(value.buffer));
    if (key === 'worker' && typeof value === 'number') return workers[value];
    if (key === 'workers' && Array.isArray(value)) return value.map((row) => workers[row] ?? row);
    return value;
  });
  return digest(text);
}

function digest(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
