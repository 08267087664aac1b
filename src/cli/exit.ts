/** Errors to messages and exit codes. */
import { CommanderError } from 'commander';
import { LabError, renderProblems } from '../problems/errors.ts';

export const exit = {
  done: 0,
  no: 1,
  unusable: 2,
  inconclusive: 3,
  noAnswer: 4,
  invariant: 5,
  interrupted: 130,
  terminated: 143,
} as const;

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.done : exit.unusable;
  if (error instanceof LabError) return error.code === 'UNSTABLE' ? exit.noAnswer : exit.unusable;
  return isSystemError(error) ? exit.unusable : exit.invariant;
}

/** What the system refuses, such as writing where nobody may; anything else unforeseen is a fault of ours. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** Says what is wrong on stderr. A stack is for faults of ours, and only on request. */
export function report(error: unknown): void {
  if (error instanceof LabError) console.error(renderProblems(error.problems));
  else if (isSystemError(error)) console.error(`fairlead: ${(error as Error).message}`);
  else if (process.env['FAIRLEAD_DEBUG']) console.error(error);
  else
    console.error(`${String(error)}\nThis is a fault of fairlead; FAIRLEAD_DEBUG=1 shows where.`);
}
