/** A Markdown summary, short enough for a pull request: the verdict, what did not pass, a row a scenario, the chart. */
import type { CheckResult, GateVerdict } from '../../sim/check/result.ts';
import { formatCount } from '../format.ts';
import { advice, allGates, gateFinding, gateName, stateSentence, tally } from './words.ts';

const marks: Record<GateVerdict, string> = {
  passed: '✅',
  failed: '❌',
  inconclusive: '❔',
  'no data': '⚠️',
};

/** The file's text. `chart`: where the chart is, relative to the file; null when nothing could be drawn. */
export function checkMarkdown(result: CheckResult, chart: string | null): string {
  const parts = [`## ${marks[result.verdict]} fairlead check: ${result.verdict}`, sum(result)];
  const open = result.scenarios.flatMap((one) => {
    const state = stateSentence(one);
    const gates = one.gates.filter(({ verdict }) => verdict !== 'passed');
    const rows = gates.map(
      (gate) =>
        `| ${marks[gate.verdict]} ${gate.verdict} | ${cell(one.name)} | ${cell(gateName(gate))} | ${cell(gateFinding(gate))} |`,
    );
    return state === ''
      ? rows
      : [`| ⚠️ no data | ${cell(one.name)} | a complete run | ${cell(state)} |`, ...rows];
  });
  if (open.length > 0) {
    parts.push(
      [
        '| | scenario | must hold | found (95 % interval) |',
        '| --- | --- | --- | --- |',
        ...open,
      ].join('\n'),
    );
    parts.push(advices(result).join('\n'));
  }
  parts.push(scenarioTable(result));
  if (chart !== null) parts.push(`[Chart: every metric against its margin](${chart})`);
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function sum(result: CheckResult): string {
  return `${formatCount(result.scenarios.length, 'scenario')}, ${tally(allGates(result))}. Chance of a false alarm in all of this: at most ${result.falseAlarms * 100} %.`;
}

function advices(result: CheckResult): string[] {
  const verdicts = (['failed', 'inconclusive', 'no data'] as const).filter((verdict) =>
    allGates(result).some((gate) => gate.verdict === verdict),
  );
  return verdicts.map((verdict) => `- ${verdict}: ${advice[verdict]}`);
}

function scenarioTable({ scenarios }: CheckResult): string {
  const rows = scenarios.map(
    ({ verdict, name, lbmethod, reference, replications, gates }) =>
      `| ${marks[verdict]} | ${cell(name)} | ${cell(lbmethod)} | ${cell(reference ?? 'its own lines')} | ${replications} | ${tally(gates)} |`,
  );
  return [
    '| | scenario | lbmethod | against | replications | gates |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** Text of others inside a table: no markup, no new cell, no new line. */
function cell(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~]/g, '\\$&').replace(/\s+/g, ' ');
}
