/** `fairlead lbmethods`: what the registry says of each method, and what can be laid over them. */
import {
  type LbMethodRow,
  lbmethodPage,
  lbmethodTable,
  type ModifierRow,
  modifierPage,
} from '../../reports/lbmethod-table.ts';
import { type LbMethod, lbmethods as registry } from '../core/index.ts';
import { LabError } from '../problems/errors.ts';
import { suggestion } from '../problems/suggest.ts';
import { modifierTexts } from '../scenario/modifier-texts.ts';
import { rangeOf, writtenValue } from '../scenario/parameter-text.ts';
import { version } from '../version.ts';
import { terminal } from './terminal.ts';
import { type WorkedExample, workedExamples } from './worked-examples/index.ts';

const anywhere = 'simulator and proxy';

/** @throws LabError when there is no method and no modifier called `name`. */
export function lbmethods(name: string | undefined, { json }: { readonly json?: boolean }): void {
  const rows = registry.map(rowOf);
  const over = modifierTexts.map((text): ModifierRow => ({ ...text, runs: anywhere }));
  const known = [...rows, ...over].map((one) => one.name);
  if (name !== undefined && !known.includes(name)) throw unknown(name, known);
  const named = (one: { readonly name: string }) => name === undefined || one.name === name;
  const shown = [rows.filter(named), over.filter(named)] as const;
  process.stdout.write(json ? document(...shown) : text(...shown, name));
}

function text(
  rows: readonly LbMethodRow[],
  over: readonly ModifierRow[],
  name: string | undefined,
): string {
  if (name === undefined) return lbmethodTable(rows, over, terminal());
  const [method] = rows;
  return method ? lbmethodPage(method, terminal()) : modifierPage(over[0]!, terminal());
}

function document(lbmethods: readonly LbMethodRow[], modifiers: readonly ModifierRow[]): string {
  const format = 'fairlead/lbmethods@1';
  return `${JSON.stringify({ format, version, lbmethods, modifiers }, null, 2)}\n`;
}

function rowOf(method: LbMethod): LbMethodRow {
  const { name, summary, source, variant = null, ties = null, cost = null } = method;
  const parameters = Object.entries(method.parameters ?? {}).map(([parameter, of]) => ({
    name: parameter,
    default: writtenValue(of, of.default),
    range: rangeOf(of),
    says: of.says,
  }));
  const set = parameters.map((one) => `${one.name}: ${one.default}`).join(', ');
  const written = set === '' ? name : `{ ${name}: { ${set} } }`;
  const example = `lbmethod: ${written}`;
  const worked = (workedExamples[name] ?? []).map((one) => workedRowOf(method, one));
  const runs = runsIn(method);
  return { name, summary, source, variant, ties, cost, runs, parameters, example, worked };
}

function workedRowOf(
  { name, parameters }: LbMethod,
  one: WorkedExample,
): LbMethodRow['worked'][number] {
  const { set, workers, max, note, steps } = one;
  const values = Object.entries(set).map(([parameter, value]) => {
    return `${parameter}: ${writtenValue(parameters![parameter]!, value)}`;
  });
  const written = values.length === 0 ? name : `{ ${name}: { ${values.join(', ')} } }`;
  const each = Object.entries(workers).map(([worker, value]) => `${worker} ${value}`);
  const said = `${max ? 'max' : 'load factors'} ${each.join(', ')}`;
  return { scenario: `lbmethod: ${written}`, workers: said, note, steps };
}

function runsIn({ needs, heartbeat }: LbMethod): string {
  if (needs === 'load') return 'the simulator: real backends do not report their load';
  if (heartbeat) return 'simulator, and a proxy that hears heartbeats (HeartbeatListen)';
  return anywhere;
}

function unknown(name: string, known: readonly string[]): LabError {
  const message = `${name} is no lbmethod and no modifier; ${suggestion(name, known)}`;
  const place = { file: 'command line', line: 0, column: 0, path: '' };
  return new LabError([{ ...place, message, code: 'VALUE', severity: 'error' }]);
}
