/** Worked examples of lbmethods in the terminal: a line for each step. */
import { type Ink, wrap } from './grid.ts';

export interface WorkedRow {
  /** What is set of the method, as a scenario writes it. */
  readonly scenario: string;
  /** `load factors a 3, b 2`. */
  readonly workers: string;
  /** Empty for nothing. */
  readonly note: string;
  /** `elects` of what is no request is empty; so may be `because`, and `draws` of what takes no random numbers. */
  readonly steps: readonly {
    readonly does: string;
    readonly elects: string;
    readonly because: string;
    readonly draws: readonly number[];
  }[];
}

export function workedLines({ scenario, workers, note, steps }: WorkedRow, ink: Ink): string[] {
  const widest = (key: 'does' | 'elects') => Math.max(...steps.map((step) => step[key].length));
  const [does, elects] = [widest('does'), widest('elects')];
  const indent = ' '.repeat(does + elects + 8);
  const lines = steps.map((step) => {
    const arrow = step.elects === '' ? '  ' : '->';
    const left = `${step.does.padEnd(does)}  ${arrow} ${step.elects.padEnd(elects)} `;
    const drawn = step.draws.length === 0 ? [] : [`drawn ${step.draws.join(', ')}`];
    const why = [...drawn, ...(step.because === '' ? [] : [step.because])].join(': ');
    const fixed = left.replaceAll(' ', '\u00a0');
    return wrap(`${fixed} ${why}`, ink.width, '  ', indent).replaceAll('\u00a0', ' ').trimEnd();
  });
  const title = wrap(ink.paint.bold(`worked example: ${scenario}, ${workers}`), ink.width);
  const said = note === '' ? [] : [wrap(note, ink.width, ' ', ' ')];
  return ['', title, ...said, ...lines];
}
