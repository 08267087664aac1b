/** What the terminal shows of a search for capacity. */
import pc from 'picocolors';
import type { CapacityResult, LbmethodCapacity } from '../../sim/capacity/capacity.ts';
import type { ExpectationResult } from '../../sim/result.ts';
import { ABSENT, formatInterval, formatMetric, formatNumber, formatValue } from '../format.ts';
import { type Column, type Ink, printable, titled, wrap } from '../grid.ts';
import type { TerminalOptions } from '../table.ts';

/** The whole output, ending in a newline. Pure: writes nothing. */
export function renderCapacity(result: CapacityResult, { colour, width }: TerminalOptions): string {
  const ink: Ink = { width: Math.max(40, width), paint: pc.createColors(colour) };
  const { capacities } = result;
  const title = printable(capacityTitle(result), 300);
  const lines = capacities.map((one) => wrap(capacitySentence(one), ink.width));
  const parts = [ink.paint.bold(wrap(title, ink.width)), lines.join('\n')];
  if (capacities.length > 1) parts.push(table(result, ink));
  return `${parts.join('\n\n')}\n`;
}

/** What is asked. */
export function capacityTitle({ scenario, objectives, without }: CapacityResult): string {
  const lost = without.length === 0 ? '' : ` without ${without.join(', ')}`;
  return `${scenario.name}${lost}: ${objectives.join(' and ')}`;
}

/** The answer in words. */
export function capacitySentence({
  lbmethod,
  state,
  requestsPerSecond,
  load,
  looks,
}: LbmethodCapacity): string {
  const name = printable(lbmethod);
  const [first, last] = [looks[0], looks.at(-1)].map((look) =>
    look === undefined ? ABSENT : `${formatNumber(look.requestsPerSecond)} requests/s`,
  );
  if (state === 'never') return `${name}: missed even at ${first}, the lowest rate tried.`;
  if (state === 'always') return `${name}: held at every rate up to ${last}; no limit was found.`;
  if (state === 'no data') return `${name}: no data: such a run has no value of an objective.`;
  const { mean, ci95 } = requestsPerSecond!;
  const [low, high] = ci95;
  const interval =
    high === null
      ? `at least ${formatNumber(low)}, 95 % interval open above`
      : `95 % interval ${formatInterval([low, high], '1')}`;
  const wide =
    state === 'wide' ? ' The interval is wider than asked for; allow more replications.' : '';
  return `${name}: up to ${formatNumber(mean)} requests/s (${interval}), load ${formatValue(load, 'share')} of what the workers can serve.${wide}`;
}

function table({ capacities }: CapacityResult, ink: Ink): string {
  const number = (of: (one: LbmethodCapacity) => number | null | undefined) =>
    capacities.map((one) => formatValue(of(one), '1'));
  const columns: Column[] = [
    {
      head: ['lbmethod'],
      cells: capacities.map(({ lbmethod }) => printable(lbmethod)),
      align: 'left',
      rank: 0,
    },
    { head: ['requests/s'], cells: number((one) => one.requestsPerSecond?.mean), rank: 0 },
    { head: ['low'], cells: number((one) => one.requestsPerSecond?.ci95[0]), rank: 1 },
    { head: ['high'], cells: number((one) => one.requestsPerSecond?.ci95[1]), rank: 1 },
    { head: ['load'], cells: capacities.map(({ load }) => formatValue(load, 'share')), rank: 2 },
    { head: ['state'], cells: capacities.map(({ state }) => state), align: 'left', rank: 3 },
  ];
  return titled('Capacity', columns, ink);
}

/** `sojourn.p99 183 ms (171 to 196 ms)`. */
export function verdictText({ text, value }: ExpectationResult): string {
  const [metric = text] = /^[^\s<>=]+/.exec(text.trim()) ?? [];
  return `${metric} ${formatMetric(value)}`;
}
