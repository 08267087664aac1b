/**
 * What httpd made of random cases (`fixtures/`, recorded by `live/record.test.ts`), replayed against the core alone:
 * the same tries, the same answer, and the same state of every member after every step.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Played, Recorded } from './case.ts';
import { CoreSide } from './core-side.ts';

const folder = new URL('fixtures/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.ndjson.gz'));

function recordings(file: string): Recorded[] {
  const lines = gunzipSync(readFileSync(new URL(file, folder)))
    .toString()
    .trim()
    .split('\n');
  return lines.map((line): Recorded => JSON.parse(line));
}

/** The steps as the core plays them at httpd's times. */
function replay({ case: each, played }: Recorded): Played[] {
  const core = new CoreSide(each);
  return each.steps.map((step, i) => {
    const { at, seen } = played[i];
    const { seen: saw, got } = core.play(step, at * 1e9, seen);
    return { at, seen: saw, got, state: core.state() };
  });
}

describe.each(files)('%s', (file) => {
  const all = recordings(file);

  test('holds requests enough to mean something', () => {
    const played = all.flatMap((recorded) => recorded.played);
    const seen = played.flatMap((step) => step.seen ?? []);
    expect(seen.length).toBeGreaterThan(2000);
    expect(seen.filter(({ refused }) => refused.length > 0).length).toBeGreaterThan(100);
    expect(seen.filter(({ worker }) => worker === null).length).toBeGreaterThan(100);
  });

  test.each(all.map((recorded) => [recorded.case.seed, recorded] as const))(
    'seed %i: the core decides as httpd did',
    (_, recorded) => {
      expect(replay(recorded)).toEqual(recorded.played);
    },
  );
});
