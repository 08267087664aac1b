import type { ErrorCode, Problem } from '../problems/errors.ts';
import type { Path, ScenarioDocument } from './document.ts';
import type { ReferredFiles } from './files.ts';

/** What every step of the resolving shares. */
export interface Context {
  readonly document: ScenarioDocument;
  readonly files: ReferredFiles;
  /** Names of the registry. */
  readonly lbmethods: readonly string[];
  /** Which of `balancers` is meant, when somebody has said; it is there. */
  readonly balancer?: string | undefined;
  /** Adds a problem and goes on, so that all are found in one run. */
  report(code: ErrorCode, path: Path, message: string, at?: 'key' | 'value'): void;
  /** Adds problems that stand in another file. */
  add(problems: readonly Problem[]): void;
}
