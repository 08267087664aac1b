/** Writes scenario.schema.json into the current folder: `node dist/src/scenario/write-schema.js`. */
import { writeFileSync } from 'node:fs';
import { jsonSchemaText } from './json-schema.ts';

writeFileSync('scenario.schema.json', jsonSchemaText());
