/** The same verdict as httpd's own: accepted or refused, for parameters and forms of directives. */
import { afterAll, describe, expect, it } from 'vitest';
import { loadHttpd } from '../../src/config/httpd.ts';
import { LabError } from '../../src/problems/errors.ts';
import { heavy } from '../heavy.ts';
import { exceptions } from './exceptions.ts';
import { forms } from './forms.ts';
import { noHttpd, type RealHttpd, realHttpd } from './real-httpd.ts';
import { parameterSnippets } from './snippets.ts';

const title = `verdicts as httpd's${noHttpd === null ? '' : ` (skipped: ${noHttpd})`}`;
const patience = 120_000;

describe.skipIf(noHttpd !== null)(title, () => {
  const httpd = noHttpd === null ? realHttpd() : null;
  afterAll(() => httpd?.close());

  it(
    'parameters with edge values and drawn ones',
    async () => {
      expect(await differences(httpd!, part(parameterSnippets(1, 150)))).toEqual([]);
    },
    patience,
  );

  it(
    'forms of directives',
    async () => {
      expect(await differences(httpd!, part(forms))).toEqual([]);
    },
    patience,
  );

  it(
    'what only we refuse, and why',
    async () => {
      const snippets = part(exceptions).map(([snippet]) => snippet);
      const refusedToo: string[] = [];
      for (const snippet of snippets) {
        const [said] = await httpd!.verdicts([snippet]);
        if (said !== null) refusedToo.push(snippet);
      }
      const accepted = snippets.filter((snippet) => ours(httpd!, snippet) === null);
      expect({ refusedToo, accepted }).toEqual({ refusedToo: [], accepted: [] });
    },
    patience,
  );
});

/** All with FAIRLEAD_HEAVY=1, else every sixth: what either refuses costs a process. */
function part<T>(all: readonly T[]): readonly T[] {
  return heavy ? all : all.filter((_, i) => i % 6 === 0);
}

/** Our message for a snippet; null when we accept it. */
function ours(httpd: RealHttpd, snippet: string): string | null {
  try {
    loadHttpd(httpd.file(snippet));
    return null;
  } catch (error) {
    if (error instanceof LabError) return error.message;
    throw error;
  }
}

/** What one side accepts and the other refuses, with the message. */
async function differences(httpd: RealHttpd, snippets: readonly string[]): Promise<string[]> {
  const judged = snippets.map((snippet) => ({ snippet, message: ours(httpd, snippet) }));
  const accepted = judged.filter(({ message }) => message === null);
  const refused = judged.filter(({ message }) => message !== null);
  const groups = [...inGroups(accepted, batch), ...inGroups(refused, 1)];
  const found: string[] = [];
  const ask = async () => {
    for (let group = groups.shift(); group; group = groups.shift()) {
      const theirs = await httpd.verdicts(group.map(({ snippet }) => snippet));
      group.forEach(({ snippet, message }, i) => {
        if (message === null && theirs[i] !== null) {
          found.push(`only httpd refuses ${snippet}\n${theirs[i]}`);
        }
        if (message !== null && theirs[i] === null) {
          found.push(`only we refuse ${snippet}\n${message}`);
        }
      });
    }
  };
  await Promise.all([ask(), ask()]);
  return found;
}

/** Snippets that we accept are asked for together: httpd most likely accepts all of them at once. */
const batch = 40;

function inGroups<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
    all.slice(i * size, (i + 1) * size),
  );
}
