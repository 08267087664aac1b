import { z } from 'zod';
import { either } from './schema.ts';

/** The JSON Schema (draft-07) of a scenario file, for editors: the text of scenario.schema.json. */
export function jsonSchemaText(): string {
  const generated = z.toJSONSchema(either, { io: 'input', target: 'draft-7' });
  const { $schema, ...rest } = generated;
  const schema = { $schema, title: 'Fairlead scenario', ...rest };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
