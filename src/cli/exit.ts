/** Errors to messages and exit codes. */
import { CommanderError } from 'commander';
import { LabError, renderProblems } from '../scenario/errors.ts';

export const exit = {
  done: 0,
  no: 1,
  unusable: 2,
  inconclusive: 3,
  noAnswer: 4,
  invariant: 5,
  interrupted: 130,
} as const;

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.done : exit.unusable;
  if (error instanceof LabError) return error.code === 'UNSTABLE' ? exit.noAnswer : exit.unusable;
  if (error instanceof Error && error.name === 'InvariantError') return exit.invariant;
  return exit.unusable;
}

/** Says what is wrong on stderr. A stack is for faults of ours, and only on request. */
export function report(error: unknown): void {
  if (error instanceof LabError) console.error(renderProblems(error.problems));
  else if (error instanceof Error) {
    console.error(process.env['FAIRLEAD_DEBUG'] ? error.stack : `fairlead: ${error.message}`);
  } else console.error(`fairlead: ${String(error)}`);
}
