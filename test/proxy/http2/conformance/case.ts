/** One thing that a peer may say, and what the RFC lets a server make of it. */
import type { Wire } from '../wire.ts';

export interface Case {
  /** Of RFC 9113, or of RFC 7541 with `7541` before it. */
  readonly section: string;
  readonly says: string;
  /** Says it to a fresh connection, whose preface and settings were sent. */
  run(wire: Wire): unknown;
  /** What may become of it, in the words of `Wire.outcome`. */
  readonly may: readonly string[];
  /** Connects without a preface. */
  readonly bare?: true;
  /** Otherwise than by an outcome: what holds, told as text. */
  readonly tells?: (wire: Wire) => Promise<string>;
}

/** A connection error: RFC 9113 has GOAWAY go before the end, and lets it be missing (5.4.1). */
export const connection = (...codes: readonly string[]): readonly string[] => [
  ...codes.map((code) => `goaway ${code}`),
  'closed',
];

/** A stream error, which may always be taken for one of the connection (5.4.2). */
export const stream = (...codes: readonly string[]): readonly string[] => [
  ...codes.map((code) => `reset ${code}`),
  ...connection(...codes),
];

/** A malformed request: a stream error, perhaps behind an answer that says so (8.1.1). */
export const malformed: readonly string[] = [...stream('PROTOCOL_ERROR'), 'answer 400'];

export const accepted: readonly string[] = ['pong'];
export const answered: readonly string[] = ['answer 200'];
