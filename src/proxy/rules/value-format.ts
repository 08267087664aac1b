/** Values of `Header` and `RequestHeader` lines with format specifiers, as httpd prints them. */
import { wireText } from './bytes.ts';

/** What the specifiers tell about. */
export interface ValueContext {
  readonly env: ReadonlyMap<string, string>;
  /** When the request arrived, microseconds since 1970. */
  readonly receivedUs: number;
  /** Microseconds since then. Called for `%D` only. */
  readonly elapsedUs: () => number;
  /** A variable of the TLS connection; null without one. */
  readonly tls?: (name: string) => string | null;
}

export type ValueOf = (context: ValueContext) => string;

/**
 * `%%`, `%t` (`t=` microseconds of arrival), `%D` (`D=` microseconds since), `%{NAME}e`, `%{NAME}s`. An unset
 * variable reads `(null)`. Line ends in variables become blanks, so that no value starts another field; so do other
 * control characters, where httpd gives up and answers 500. Other specifiers stay as written: the reader of the
 * configuration refuses them.
 */
export function valueFormat(value: string): ValueOf {
  const parts: (string | ValueOf)[] = [];
  let literal = '';
  const text = wireText(value);
  for (let i = 0; i < text.length; i++) {
    const specifier = text[i] === '%' ? specifierAt(text, i) : null;
    if (specifier === null) {
      literal += text[i];
      continue;
    }
    i = specifier.last;
    if (typeof specifier.means === 'string') {
      literal += specifier.means;
      continue;
    }
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push(specifier.means);
  }
  if (parts.length === 0) return () => literal;
  if (literal !== '') parts.push(literal);
  return (context) => {
    let out = '';
    for (const part of parts) out += typeof part === 'string' ? part : part(context);
    return out;
  };
}

interface Specifier {
  readonly means: string | ValueOf;
  /** Index of its last character. */
  readonly last: number;
}

function specifierAt(text: string, at: number): Specifier | null {
  const letter = text[at + 1];
  const last = at + 1;
  if (letter === '%') return { means: '%', last };
  if (letter === 't') return { means: ({ receivedUs }) => `t=${Math.trunc(receivedUs)}`, last };
  if (letter === 'D') return { means: ({ elapsedUs }) => `D=${Math.trunc(elapsedUs())}`, last };
  if (letter !== '{') return null;
  const close = text.indexOf('}', at);
  if (close < 0) return null;
  const name = text.slice(at + 2, close);
  if (text[close + 1] === 'e') {
    return { means: ({ env }) => oneLine(env.get(name)), last: close + 1 };
  }
  if (text[close + 1] === 's') {
    return { means: ({ tls }) => ofCertificate(tls?.(name) ?? null), last: close + 1 };
  }
  return null;
}

/** Names in certificates are text of any script. */
function ofCertificate(value: string | null): string {
  return oneLine(value === null ? undefined : wireText(value));
}

function oneLine(value: string | undefined): string {
  if (value === undefined) return '(null)';
  for (let i = 0; i < value.length; i++) if (isControl(value[i])) return withoutControls(value);
  return value;
}

function withoutControls(value: string): string {
  return Array.from(value, (c) => (isControl(c) ? ' ' : c)).join('');
}

function isControl(c: string): boolean {
  return (c < ' ' && c !== '\t') || c === '\x7f';
}
