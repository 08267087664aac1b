/** A scenario cut to what can be waited for, and what was cut, in plain sentences. */
import { expectedNs, expectedRate } from '../../sim/expected.ts';
import type { EventSpec, Scenario } from '../scenario/scenario.ts';

/** Unless more is asked for. */
const SECONDS = 10;

export interface Plan {
  /** Both arms run this: `seconds` from an empty system. */
  readonly scenario: Scenario;
  readonly seconds: number;
  /** Requests a second, from the means. */
  readonly rate: number;
  readonly notes: readonly string[];
}

/** `wanted`: seconds of real time; by default ten, or the scenario's own length if that is less. */
export function planOf(scenario: Scenario, wanted: number | undefined): Plan {
  const wholeSeconds = expectedNs(scenario) / 1e9;
  const seconds = wanted ?? Math.min(SECONDS, Math.ceil(wholeSeconds));
  const run = { ...scenario.run, durationNs: seconds * 1e9, requests: null, warmupNs: 0 };
  const bounded = { ...scenario, run: { ...run, precision: null } };
  const notes: string[] = [];
  if (seconds < wholeSeconds) {
    const all = Math.ceil(wholeSeconds);
    notes.push(`both arms run the first ${seconds} s of ${all} s; --seconds ${all} runs them all`);
  }
  if (scenario.run.warmupNs !== 0) {
    notes.push('both arms start empty, without warm-up: the numbers are not those of a long run');
  }
  const late = scenario.events.filter(({ atNs }) => atNs >= seconds * 1e9);
  if (late.length > 0) {
    const first = late.slice(0, 5).map((event) => eventText(scenario, event));
    const more = late.length > 5 ? ` and ${late.length - 5} more` : '';
    notes.push(`too late to happen: ${first.join(', ')}${more}`);
  }
  if (scenario.clients.some(({ timeoutNs }) => timeoutNs !== null)) {
    notes.push(
      'a live client that gives up closes its connection, and the proxy ends the try; the simulated proxy goes on with it, as httpd does',
    );
  }
  return { scenario: bounded, seconds, rate: expectedRate(bounded), notes };
}

function eventText({ balancer }: Scenario, event: EventSpec): string {
  const at = `at ${event.atNs / 1e9} s`;
  if (event.kind === 'manager') return `manager ${at}`;
  const names = event.workers.map((worker) => balancer.workers[worker]!.name);
  return `${event.kind} of ${names.join(' and ')} ${at}`;
}
