/** What the terminal shows of `fairlead twin`: metric by metric both arms and the error, then picks, then the machine. */
import pc from 'picocolors';
import type { Decisions, Standing, TwinResult, TwinRow } from '../src/twin/result.ts';
import {
  formatCell,
  formatCount,
  formatFixed,
  formatInterval,
  formatValue,
  unitLabels,
} from './format.ts';
import { type Column, type Ink, printable, titled, wrap } from './grid.ts';
import type { TerminalOptions } from './table.ts';

/** Shown beside what is judged. */
const ALSO_SHOWN: ReadonlySet<string> = new Set(['waiting.mean', 'imbalance.peak', 'slo.attained']);

const RULE =
  "simulated: mean over replications, ± half of its 95 % interval. same requests: the one replication that had the live run's own arrivals and service times; error: live against it. one more: where one more replication would lie in 95 of 100 cases; edge: live lies outside of that, as one metric in twenty does by chance; OUTSIDE: further out than chance brings any of them in 1 run of 100. Times may be longer by what the path took (p99), which the simulator knows nothing of.";

const words: Record<Standing, string> = {
  inside: 'inside',
  edge: 'edge',
  outside: 'OUTSIDE',
  unjudged: '',
};

const verdicts: Record<TwinResult['verdict'], string> = {
  agrees: 'The live run agrees with the simulation.',
  differs: 'The live run differs from the simulation.',
  unclear: 'Unclear: this machine was too slow to tell.',
};

export function renderTwin(result: TwinResult, { width, colour }: TerminalOptions): string {
  const ink = { width: Math.max(40, width), paint: pc.createColors(colour) };
  const parts = [
    opening(result, ink),
    table(result, ink),
    section('Picks', decisionSentences(result), ink),
    section('This machine', machineSentences(result), ink),
    section('Notes', result.notes, ink),
    verdict(result, ink),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function opening({ scenario, lbmethod, seconds, simulated, live }: TwinResult, ink: Ink): string {
  const effort = [
    `seed ${printable(scenario.seed)}`,
    `${formatFixed(seconds, Number.isInteger(seconds) ? 0 : 1)} s`,
    `simulated ${simulated.replications} times`,
    `live once: ${formatCount(live.requests, 'request')}`,
  ].join(', ');
  const title = `${printable(scenario.name, 80)}: ${printable(lbmethod)}, simulated and live`;
  return `${ink.paint.bold(wrap(title, ink.width))}\n${ink.paint.dim(effort)}`;
}

function table({ rows: all }: TwinResult, ink: Ink): string {
  const rows = all.filter(({ metric, standing }) => standing !== 'unjudged' || isShown(metric));
  const columns: Column[] = [
    { head: ['metric', ''], cells: rows.map(nameOf), align: 'left', rank: 0 },
    { head: ['simulated'], cells: rows.map(({ simulated }) => formatCell(simulated)), rank: 1 },
    {
      head: ['same', 'requests'],
      cells: rows.map((row) => digits(row, row.sameRequests)),
      rank: 2,
    },
    { head: ['live'], cells: rows.map((row) => digits(row, row.live)), rank: 0 },
    { head: ['error'], cells: rows.map(errorOf), rank: 0 },
    { head: ['error', '%'], cells: rows.map(relativeOf), rank: 3 },
    { head: ['one more', '(95 %)'], cells: rows.map(rangeOf), rank: 4 },
    { head: [''], cells: rows.map((row) => paint(row, ink)), align: 'left', rank: 0 },
  ];
  return titled('Simulated and live', columns, ink, RULE);
}

/** Times stay in the table when nobody judges them. */
function isShown(metric: string): boolean {
  return ALSO_SHOWN.has(metric) || metric.startsWith('sojourn.');
}

function nameOf({ metric, unit }: TwinRow): string {
  const label = unitLabels[unit];
  return `${printable(metric)}${label === '' ? '' : `, ${label}`}`;
}

/** In the unit that the row's name has. */
function digits({ unit }: TwinRow, value: number | null): string {
  return withoutUnit(formatValue(value, unit));
}

function errorOf({ unit, error }: TwinRow): string {
  const text = withoutUnit(formatValue(error, unit));
  return error !== null && error > 0 ? `+${text}` : text;
}

function relativeOf({ relative }: TwinRow): string {
  return relative === null ? '-' : formatFixed(relative * 100, 1, true);
}

function rangeOf({ unit, predicted95 }: TwinRow): string {
  return predicted95 === null ? '-' : withoutUnit(formatInterval(predicted95, unit));
}

function withoutUnit(text: string): string {
  return text.replace(/ ?(ms|s|%|\/s)$/, '');
}

function paint({ standing }: TwinRow, { paint: colours }: Ink): string {
  const word = words[standing];
  if (standing === 'outside') return colours.red(word);
  return standing === 'edge' ? colours.yellow(word) : colours.green(word);
}

function decisionSentences({ decisions, lbmethod }: TwinResult): string[] {
  if (decisions === null) return [];
  const { picks, same, firstDifference, mustBeSame, requests } = decisions;
  const of = formatCount(picks, 'pick');
  const first = firstDifferenceOf(firstDifference);
  const sentences = [
    same === picks
      ? `${of}, one by one, are the same in both arms`
      : `${formatFixed(same, 0)} of ${of}, one by one, are the same in both arms${first}`,
  ];
  if (mustBeSame)
    sentences.push(
      `they have to be: ${printable(lbmethod)} looks at nothing that timing could change`,
    );
  else if (same < picks)
    sentences.push(
      'picks that look at busy, errors or sessions go apart once one answer comes earlier or later than simulated',
    );
  if (requests !== null && requests.answered > 0) {
    const share = formatValue(requests.byTheSame / requests.answered, 'share');
    sentences.push(
      `${share} of the ${formatCount(requests.answered, 'request')} that were answered came from the same worker`,
    );
  }
  return sentences;
}

function firstDifferenceOf(first: Decisions['firstDifference']): string {
  if (first === null) return '';
  const { pick, simulated, live } = first;
  return `; the first that differs is pick ${formatFixed(pick, 0)}: ${printable(simulated)} simulated, ${printable(live)} live`;
}

function machineSentences({ live: { machine }, rows }: TwinResult): string[] {
  const { idle, path, late, perSecond } = machine;
  const sentences = [
    `before the run, a request that takes no time took ${timesText(idle)} through client, proxy and backend; ${formatFixed(perSecond, 0)} of them a second, sixteen at a time`,
  ];
  if (path === null)
    sentences.push('requests waited inside the proxy, so that its own time cannot be told apart');
  else {
    sentences.push(
      `in the run, a request spent ${timesText(path)} outside its backend: in sockets, proxy and timers${withoutPath(rows, path.mean)}`,
    );
  }
  return [
    ...sentences,
    `requests were sent ${timesText(late)} late, and their times count from when they were due`,
  ];
}

/** Means add up: what is left of the live one is what the simulator has a number for. */
function withoutPath(rows: readonly TwinRow[], pathMs: number): string {
  const mean = rows.find(({ metric }) => metric === 'sojourn.mean');
  if (mean === undefined || mean.sameRequests === null) return '';
  const left = formatValue(mean.live - pathMs, 'ms');
  return `; without it sojourn.mean would be ${left} live, and it is ${formatValue(mean.sameRequests, 'ms')} for the same requests simulated`;
}

function timesText({ mean, p99 }: { mean: number; p99: number }): string {
  return `${formatValue(mean, 'ms')} (p99 ${formatValue(p99, 'ms')})`;
}

function section(
  title: string,
  sentences: readonly string[],
  { paint: colours, width }: Ink,
): string {
  if (sentences.length === 0) return '';
  const lines = sentences.map((sentence) => wrap(`- ${printable(sentence, 600)}`, width, ' '));
  return [colours.bold(title), ...lines].join('\n');
}

function verdict({ verdict: said }: TwinResult, { paint: colours }: Ink): string {
  const text = verdicts[said];
  if (said === 'agrees') return colours.green(text);
  return said === 'differs' ? colours.red(text) : colours.yellow(text);
}
