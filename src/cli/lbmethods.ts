/** `fairlead lbmethods`: what the registry says of each method. */
import { type LbMethodRow, lbmethodPage, lbmethodTable } from '../../reports/lbmethod-table.ts';
import { type LbMethod, lbmethods as registry } from '../core/index.ts';
import { LabError } from '../problems/errors.ts';
import { suggestion } from '../problems/suggest.ts';
import { rangeOf, writtenValue } from '../scenario/parameter-text.ts';
import { version } from '../version.ts';
import { terminal } from './terminal.ts';

/** @throws LabError when there is no method called `name`. */
export function lbmethods(name: string | undefined, { json }: { readonly json?: boolean }): void {
  const known = registry.map((method) => method.name);
  if (name !== undefined && !known.includes(name)) throw unknown(name, known);
  const rows = registry.filter((method) => name === undefined || method.name === name).map(rowOf);
  process.stdout.write(json ? document(rows) : text(rows, name));
}

function text(rows: readonly LbMethodRow[], name: string | undefined): string {
  const [one] = rows;
  if (name === undefined || one === undefined) return lbmethodTable(rows, terminal());
  return lbmethodPage(one, terminal());
}

function document(lbmethods: readonly LbMethodRow[]): string {
  return `${JSON.stringify({ format: 'fairlead/lbmethods@1', version, lbmethods }, null, 2)}\n`;
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
  return { name, summary, source, variant, ties, cost, runs: runsIn(method), parameters, example };
}

function runsIn({ needs, heartbeat }: LbMethod): string {
  if (needs === 'load') return 'the simulator: real backends do not report their load';
  if (heartbeat) return 'simulator, and a proxy that hears heartbeats (HeartbeatListen)';
  return 'simulator and proxy';
}

function unknown(name: string, known: readonly string[]): LabError {
  const message = `${name} is no lbmethod; ${suggestion(name, known)}`;
  const place = { file: 'command line', line: 0, column: 0, path: '' };
  return new LabError([{ ...place, message, code: 'VALUE', severity: 'error' }]);
}
