import { createHash } from 'node:crypto';
import { alea } from './alea.ts';

/** The next number of a random stream, in [0, 1) with 53 random bits. */
export type Uniform = () => number;

/**
 * Named random streams of one replication. A stream depends on the seed, the replication and its own name
 * alone, so that a draw added to one moves no other. Asking twice for a name starts the same stream twice.
 *
 * seedrandom's alea, as the generators xor128, xorshift7 and xorwow beside it are not independent over
 * similar names; `double`, as its plain draws have 32 bits and cut an exponential's tail at 22 means.
 */
export function streams(seed: string, replication: number): (name: string) => Uniform {
  return (name) => alea(digest([seed, String(replication), name]));
}

/** Hex SHA-256 of the fields, each preceded by its length so that no two lists of fields read the same. */
function digest(fields: readonly string[]): string {
  const text = fields.map((field) => `${field.length}:${field}`).join('');
  return createHash('sha256').update(text).digest('hex');
}
