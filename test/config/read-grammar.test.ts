import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

test.each<string>(scripts.grammar.split(' && '))(
  'the parser is what the grammar gives; npm run grammar writes it again: %s',
  (line) => {
    const [command, ...args] = line.split(' ');
    const [output] = args.splice(args.indexOf('-o') + 1, 1, '-');
    expect(command).toBe('peggy');
    const peggy = `${root}node_modules/peggy/bin/peggy.js`;
    const generated = execFileSync(process.execPath, [peggy, ...args], { cwd: root });
    expect(generated.equals(readFileSync(root + output))).toBe(true);
  },
  60_000,
);
