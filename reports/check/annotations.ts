/** GitHub workflow commands: findings on the lines of the scenario that they belong to. */
import type { CheckResult, GateResult, ScenarioCheck } from '../../sim/check/result.ts';
import { gateFinding, gateName, stateSentence } from './words.ts';

/** GitHub shows ten annotations of a step and drops the rest; the tenth says how many there are. */
const SHOWN_MAX = 9;

export interface Annotation {
  readonly level: 'error' | 'warning';
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  readonly message: string;
}

/** What did not pass, the worst first. `allowInconclusive` makes those warnings. */
export function annotationsOf(
  { scenarios }: CheckResult,
  allowInconclusive: boolean,
): Annotation[] {
  const states = scenarios.flatMap(stateAnnotation);
  const ofGates = (['failed', 'no data', 'inconclusive'] as const).flatMap((verdict) =>
    scenarios.flatMap((one) =>
      one.gates
        .filter((gate) => gate.verdict === verdict)
        .map((gate) => annotationOf(gate, one, allowInconclusive)),
    ),
  );
  return [...states, ...ofGates];
}

function stateAnnotation(one: ScenarioCheck): Annotation[] {
  const state = stateSentence(one);
  return state === ''
    ? []
    : [{ level: 'error', file: one.file, line: 1, message: `${one.name}: ${state}` }];
}

function annotationOf(
  gate: GateResult,
  { file, name }: ScenarioCheck,
  allowInconclusive: boolean,
): Annotation {
  const level = gate.verdict === 'inconclusive' && allowInconclusive ? 'warning' : 'error';
  const message = `${name}: ${gate.verdict}: ${gateName(gate)}: ${gateFinding(gate)}`;
  return { level, file, line: gate.line, message };
}

/** The commands, one a line; `pathOf` makes paths relative to the repository. Empty when there is nothing to say. */
export function githubCommands(
  annotations: readonly Annotation[],
  pathOf: (file: string) => string,
): string {
  const shown = annotations.slice(0, SHOWN_MAX).map(({ level, file, line, column, message }) => {
    const place = [`file=${property(pathOf(file))}`];
    if (line > 0) place.push(`line=${line}`);
    if (column !== undefined && column > 0) place.push(`col=${column}`);
    return `::${level} ${place.join(',')},title=fairlead check::${data(message)}\n`;
  });
  const more = annotations.length - shown.length;
  if (more > 0) shown.push(`::error title=fairlead check::and ${more} more\n`);
  return shown.join('');
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
