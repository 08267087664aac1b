/** Text to an expression: the grammar, and what names and patterns mean. */
import { javascriptRegex } from '../regex.ts';
import {
  type Expression,
  type Operand,
  stringFunctions,
  type Test,
  variables,
} from './expression.ts';
import { parse } from './grammar.js';

/** `at`: the character that is wrong, from 0. */
export class ExpressionFault extends Error {
  readonly at: number;
  /** httpd has it; this version does not. */
  readonly later: boolean;

  constructor(message: string, at: number, later = false) {
    super(message);
    this.at = at;
    this.later = later;
  }
}

/** @throws ExpressionFault */
export function readExpression(text: string): Expression {
  try {
    return parse(Buffer.from(text).toString('latin1'), { make });
  } catch (error) {
    if (error instanceof ExpressionFault) throw error;
    const { location } = error as { location?: Location };
    if (location === undefined) throw error;
    const at = location.start.offset;
    const found = at < text.length ? `at ${text.slice(at, at + 12)}` : 'at its end';
    throw new ExpressionFault(`cannot be read ${found}`, at);
  }
}

interface Location {
  readonly start: { readonly offset: number };
}

/** What the grammar calls. */
const make = {
  several: (kind: 'and' | 'or', first: Expression, rest: Expression[]): Expression =>
    rest.length === 0 ? first : { kind, of: [first, ...rest] },

  test(name: string, operand: Operand, { start }: Location): Expression {
    if (!['n', 'z', 'T'].includes(name)) {
      throw new ExpressionFault(`has the test -${name}; expected -n, -z or -T`, start.offset, true);
    }
    return { kind: 'test', name: name as Test, operand };
  },

  /** Adjacent texts become one. */
  joined(pieces: readonly (Operand | string)[]): Operand {
    const parts: Operand[] = [];
    for (const piece of pieces) {
      const part: Operand = typeof piece === 'string' ? { kind: 'text', text: piece } : piece;
      const last = parts.at(-1);
      if (part.kind === 'text' && last?.kind === 'text') {
        parts[parts.length - 1] = { kind: 'text', text: last.text + part.text };
      } else parts.push(part);
    }
    if (parts.length === 0) return { kind: 'text', text: '' };
    return parts.length === 1 ? parts[0]! : { kind: 'joined', parts };
  },

  text(text: string, { start }: Location): string {
    const at = /\p{Cc}/u.exec(text.replace(/[\x80-\xff]/g, ' '))?.index;
    if (at === undefined) return text;
    throw new ExpressionFault('has a control character in a string', start.offset + at);
  },

  variable(written: string, { start }: Location): Operand {
    const name = named(variables, written);
    if (name !== undefined) return { kind: 'variable', name };
    const message = `has %{${written}}; expected one of ${variables.join(', ')}`;
    throw new ExpressionFault(message, start.offset, true);
  },

  call(written: string, argument: Operand, { start }: Location): Operand {
    const name = named(stringFunctions, written);
    if (name === undefined) {
      const message = `calls ${written}; expected one of ${stringFunctions.join(', ')}`;
      throw new ExpressionFault(message, start.offset, true);
    }
    if (name === 'hc' && (argument.kind !== 'text' || !/^body$/i.test(argument.text))) {
      throw new ExpressionFault("calls hc with something else than 'body'", start.offset, true);
    }
    return { kind: 'call', name, argument };
  },

  backreference({ start }: Location): never {
    const message = 'refers to a group of an earlier match, which is not supported';
    throw new ExpressionFault(message, start.offset, true);
  },

  regex(pattern: string, ignoreCase: boolean, { start }: Location): string {
    try {
      return javascriptRegex(ignoreCase ? `(?i)${pattern}` : pattern);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const later = error.message.includes('not supported');
      throw new ExpressionFault(`has a pattern that ${error.message}`, start.offset, later);
    }
  },
};

function named<Name extends string>(names: readonly Name[], written: string): Name | undefined {
  return names.find((name) => name.toLowerCase() === written.toLowerCase());
}
