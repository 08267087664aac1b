/** What the terminal shows of a check: a line a gate, what failed in words, and the sum. */
import pc from 'picocolors';
import type {
  CheckResult,
  GateResult,
  GateVerdict,
  ScenarioCheck,
} from '../../sim/check/result.ts';
import { formatCount } from '../format.ts';
import { type Column, grid, type Ink, printable, wrap } from '../grid.ts';
import type { TerminalOptions } from '../table.ts';
import { advice, allGates, gateFinding, gateName, stateSentence, tally } from './words.ts';

/** The whole terminal output, ending in a newline. */
export function renderCheck(result: CheckResult, { colour, width }: TerminalOptions): string {
  const ink: Ink = { width: Math.max(60, width), paint: pc.createColors(colour) };
  const parts = [...result.scenarios.map((one) => scenarioText(one, ink)), ending(result, ink)];
  return `${parts.join('\n\n')}\n`;
}

function scenarioText(one: ScenarioCheck, ink: Ink): string {
  const against = one.reference === null ? '' : `, against ${printable(one.reference, 60)}`;
  const head = `${printable(one.name, 60)}: ${printable(one.lbmethod)}${against}`;
  const some = one.replications < one.limit ? '' : `, the limit`;
  const lines = [`${paint(ink, one.verdict, one.verdict)}  ${ink.paint.bold(head)}`];
  lines.push(ink.paint.dim(`${formatCount(one.replications, 'replication')}${some}`));
  const state = stateSentence(one);
  if (state !== '') lines.push(ink.paint.yellow(wrap(state, ink.width, ' ')));
  for (const note of one.notes)
    lines.push(ink.paint.dim(wrap(`- ${printable(note, 600)}`, ink.width, ' ')));
  if (one.gates.length > 0) lines.push(gateTable(one.gates, ink));
  return lines.join('\n');
}

function gateTable(gates: readonly GateResult[], ink: Ink): string {
  const columns: Column[] = [
    {
      head: [''],
      cells: gates.map(({ verdict }) => paint(ink, verdict, verdict)),
      align: 'left',
      rank: 0,
    },
    {
      head: ['must hold'],
      cells: gates.map((gate) => printable(gateName(gate), 60)),
      align: 'left',
      rank: 0,
    },
    {
      head: ['found (95 % interval)'],
      cells: gates.map((gate) => printable(gateFinding(gate), 120)),
      align: 'left',
      rank: 0,
    },
  ];
  return grid(columns, ink.width, ink.paint.dim).text;
}

function ending(result: CheckResult, ink: Ink): string {
  const gates = allGates(result);
  const present = (['failed', 'no data', 'inconclusive'] as const).filter((verdict) =>
    gates.some((gate) => gate.verdict === verdict),
  );
  const words = present.map((verdict) => wrap(`${verdict}: ${advice[verdict]}`, ink.width));
  const total = `${formatCount(result.scenarios.length, 'scenario')}, ${tally(gates)}`;
  return [...words, `${paint(ink, result.verdict, result.verdict)}: ${total}`].join('\n');
}

function paint({ paint: ink }: Ink, verdict: GateVerdict, text: string): string {
  if (verdict === 'passed') return ink.green(text);
  return verdict === 'failed' ? ink.red(text) : ink.yellow(text);
}
