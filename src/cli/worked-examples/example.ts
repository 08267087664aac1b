/** Examples that a reader can follow with a pencil: what happens, whom the method elects, and the numbers it looks at. */

export interface WorkedStep {
  /** `request`, `request of /a`, `a answers in 20ms`, `at 10s` …; a request stays under way until it is answered. */
  readonly does: string;
  /** Of a request: the worker elected, or `nobody`; else empty. */
  readonly elects: string;
  /** Arithmetic. */
  readonly because: string;
  /** The random numbers that a request takes, 0 to 1, in order. */
  readonly draws: readonly number[];
}

export interface WorkedExample {
  /** What is set where the defaults are not. */
  readonly set: Readonly<Record<string, string | number>>;
  /** Load factors of the workers, or with `max` their connections. */
  readonly workers: Readonly<Record<string, number>>;
  readonly max: boolean;
  /** What holds for all steps; empty for nothing. */
  readonly note: string;
  readonly steps: readonly WorkedStep[];
}

type Terse = readonly [does: string, elects: string, because: string, draws?: readonly number[]];

export function example(
  workers: WorkedExample['workers'],
  steps: readonly Terse[],
  more: Partial<Pick<WorkedExample, 'set' | 'max' | 'note'>> = {},
): WorkedExample {
  const written = steps.map(([does, elects, because, draws = []]) => {
    return { does, elects, because, draws };
  });
  return { set: {}, max: false, note: '', ...more, workers, steps: written };
}
