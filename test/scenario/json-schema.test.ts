import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { jsonSchemaText } from '../../src/scenario/json-schema.ts';
import { loadScenario } from '../../src/scenario/parse.ts';
import { yamlFiles } from './problems.ts';

const committed = readFileSync(new URL('../../scenario.schema.json', import.meta.url), 'utf8');
const accepts = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(committed));

const folders = {
  good: new URL('good/', import.meta.url),
  scenarios: new URL('../../scenarios/', import.meta.url),
};
const good = Object.values(folders).flatMap((folder) =>
  yamlFiles(folder).map((name) => new URL(name, folder)),
);

test('the committed schema is the generated one (npm run build && node dist/src/scenario/write-schema.js)', () => {
  expect(committed).toBe(jsonSchemaText());
});

describe('what the parser accepts, the schema accepts', () => {
  test.each(good.map((url) => [url.pathname.split('/').at(-1), url] as const))('%s', (_, url) => {
    loadScenario(fileURLToPath(url));
    accepts(parse(readFileSync(url, 'utf8')));
    expect(accepts.errors).toBeNull();
  });
});

test.each(['smallest', 'everything', 'both', 'content', 'connections'])(
  'what is proxied, the schema accepts: %s',
  (name) => {
    accepts(parse(readFileSync(new URL(`proxy/good/${name}.yaml`, import.meta.url), 'utf8')));
    expect(accepts.errors).toBeNull();
  },
);

describe('what is wrong in keys and values, the schema refuses', () => {
  const folder = new URL('wrong/shape/', import.meta.url);
  test.each(yamlFiles(folder))('%s', (name) => {
    expect(accepts(parse(readFileSync(new URL(name, folder), 'utf8')))).toBe(false);
  });
});

test('every field has a description for editors', () => {
  const bare: string[] = [];
  const visit = (node: unknown, path: string) => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === 'properties') {
        for (const [field, schema] of Object.entries(value as Record<string, object>)) {
          if (!('description' in schema)) bare.push(`${path}.${field}`);
        }
      }
      visit(value, `${path}.${key}`);
    }
  };
  visit(JSON.parse(committed), '');
  const parameters = /\.(mean|min|max|share|places)$/; // they say it themselves
  expect(bare.filter((path) => !parameters.test(path))).toEqual([]);
});
