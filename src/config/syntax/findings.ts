/** What a reader found wrong: everything is collected, so that one run tells all of it. */
import { type ErrorCode, LabError, type Problem, problemsMax } from '../../problems/errors.ts';
import type { Place } from '../config.ts';

/** Reading cannot go on; the reason is among the findings. */
export class Stop extends Error {}

export interface Findings {
  readonly warnings: readonly Problem[];
  /** `path` names the directive or section. @throws Stop after `problemsMax` errors */
  error(place: Place, path: string, message: string, code: ErrorCode): void;
  /** Warnings beyond `problemsMax` are dropped. */
  warn(place: Place, path: string, message: string, code: ErrorCode): void;
  /** An error after which nothing can be read. */
  stop(place: Place, path: string, message: string, code: ErrorCode): never;
  /** @throws LabError with all errors, when there are any */
  throwErrors(): void;
}

export function findings(): Findings {
  const errors: Problem[] = [];
  const warnings: Problem[] = [];
  const found: Findings = {
    warnings,
    error(place, path, message, code) {
      errors.push({ ...place, path, message, code, severity: 'error' });
      if (errors.length >= problemsMax) throw new Stop();
    },
    warn(place, path, message, code) {
      if (warnings.length >= problemsMax) return;
      warnings.push({ ...place, path, message, code, severity: 'warning' });
    },
    stop(place, path, message, code) {
      found.error(place, path, message, code);
      throw new Stop();
    },
    throwErrors() {
      if (errors.length > 0) throw new LabError(errors);
    },
  };
  return found;
}
