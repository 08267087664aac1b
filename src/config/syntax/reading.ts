/** What reading one configuration carries along, from line to line and from file to file. */
import type { Place } from '../config.ts';
import type { World } from './conditions.ts';
import type { Files } from './files.ts';
import type { Findings } from './findings.ts';

export interface Reading extends World {
  readonly found: Findings;
  readonly files: Files;
  /** Files whose Include lines led here, the outermost first. */
  readonly includes: string[];
  /** Characters that may still be read, files counted as often as they are included, variables replaced. */
  charactersLeft: number;
}

const charactersMax = 128 * 1024 * 1024;

export function reading(found: Findings, files: Files, world: World): Reading {
  return { ...world, found, files, includes: [], charactersLeft: charactersMax };
}

/** Counts what was read. Stops where includes or variables multiply it beyond reason. */
export function spend(reading: Reading, characters: number, place: Place): void {
  reading.charactersLeft -= characters;
  if (reading.charactersLeft >= 0) return;
  const message = `the configuration grows beyond ${charactersMax} characters here, files counted as often as they are included; expected a configuration. Look for files that include each other.`;
  reading.found.stop(place, '', message, 'UNREADABLE');
}
