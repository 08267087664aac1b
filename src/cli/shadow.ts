/** `--shadow`: the lbmethod that decides beside the others, and what came of it. */
import { lbmethodOf } from '../config/lbmethod-of.ts';
import type { LbMethodRef } from '../config/spec.ts';
import type { LbMethod } from '../core/index.ts';
import { LabError } from '../problems/errors.ts';
import type { ShadowReport } from '../proxy/observe/shadow.ts';
import { refOf } from './input.ts';

export interface NamedShadow {
  readonly ref: LbMethodRef;
  readonly lbmethod: LbMethod;
}

/** @throws LabError when `text` names none, or one that a proxy has nothing to decide by. */
export async function shadowOf(text: string): Promise<NamedShadow> {
  const ref = refOf(text);
  const lbmethod = await lbmethodOf(ref);
  if (lbmethod.needs === undefined) return { ref, lbmethod };
  const message = `${lbmethod.name} decides by what backends say of their load, which a proxy does not hear; choose another lbmethod.`;
  const place = { file: '--shadow', line: 0, column: 0, path: 'shadow' };
  throw new LabError([{ ...place, message, code: 'NOT_SUPPORTED', severity: 'error' }]);
}

/** A few lines for each balancer. */
export function shadowSummary(reports: readonly ShadowReport[]): string {
  return reports.map(summaryOf).join('');
}

function summaryOf(report: ShadowReport): string {
  const { balancer, lbmethod, shadow, picks, alike, bySession, workers } = report;
  const share = (count: number) =>
    picks === 0 ? '' : ` (${((100 * count) / picks).toFixed(1)} %)`;
  const width = Math.max(...workers.map(({ name }) => name.length), 0);
  const lines = workers.map(
    ({ name, first, shadow: other, both }) =>
      `  ${name.padEnd(width)}  ${lbmethod} ${first}${share(first)}, ${shadow} ${other}${share(other)}, both ${both}`,
  );
  const sessions = bySession === 0 ? '' : `; ${bySession} more went by their session`;
  return `${balancer}: ${shadow} beside ${lbmethod}: ${picks} picks, ${alike} alike${share(alike)}${sessions}\n${lines.map((line) => `${line}\n`).join('')}`;
}
