/** Options that several commands have, and what they say of them. */
import { InvalidArgumentError, Option } from 'commander';

export const VARIABLES = `\${NAME} in it is what Define or the environment says; Debian's names come from
. /etc/apache2/envvars in the same shell.`;

export const seed = new Option('--seed <seed>', "another seed than the scenario's");
export const json = new Option('--json', 'print the result document and nothing else on stdout');
export const quiet = new Option('-q, --quiet', 'no notes and no progress on stderr');
export const out = new Option(
  '--out <dir>',
  'write the report there: index.html, charts, JSON and CSV',
);
export const define = new Option('-D, --define <name>', 'a name for <IfDefine>; may be repeated')
  .argParser((name, before: string[] = []) => [...before, name])
  .default([], 'none');
export const threads = new Option(
  '--threads <n>',
  'threads to simulate on (default: all processors)',
).argParser(positive);

export function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a whole number from 1.');
}
