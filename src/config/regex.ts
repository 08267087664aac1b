/**
 * Regular expressions as httpd writes them (PCRE), as JavaScript's without flags. What cannot be said in
 * JavaScript is refused rather than guessed.
 */

const posix: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  word: '\\w',
  xdigit: '0-9A-Fa-f',
};

/** Escapes that mean the same in both. */
const sameEscape = /^\\([dDwWsSbBntrf]|[1-9]|x[0-9a-f]{2}|[^A-Za-z0-9])/i;

/**
 * The JavaScript source of `pattern`. A dot matches line ends too, as in httpd.
 * @throws RangeError saying what is wrong.
 */
export function javascriptRegex(pattern: string): string {
  let rest = pattern;
  let ignoreCase = false;
  const flags = /^\(\?([a-z]+)\)/.exec(rest);
  if (flags) {
    if (flags[1] !== 'i')
      throw new RangeError(`has the option (?${flags[1]}), which is not supported`);
    ignoreCase = true;
    rest = rest.slice(flags[0].length);
  }
  const source = translated(rest, ignoreCase);
  try {
    new RegExp(source);
  } catch {
    throw new RangeError('is no regular expression');
  }
  return source;
}

function translated(pattern: string, ignoreCase: boolean): string {
  let out = '';
  for (let at = 0; at < pattern.length; ) {
    const { text, length } = piece(pattern.slice(at), ignoreCase);
    out += text;
    at += length;
  }
  return out;
}

function piece(rest: string, ignoreCase: boolean): { text: string; length: number } {
  const first = rest[0]!;
  if (first === '\\') return escapeOf(rest);
  if (first === '[') return characterClass(rest, ignoreCase);
  if (first === '.') return { text: '[^]', length: 1 };
  if (rest.startsWith('(?')) return group(rest);
  if (/^[*+?}]\+/.test(rest))
    throw new RangeError('has a possessive quantifier, which is not supported');
  if (ignoreCase && /[A-Za-z]/.test(first)) {
    return { text: `[${first.toUpperCase()}${first.toLowerCase()}]`, length: 1 };
  }
  return { text: first, length: 1 };
}

function escapeOf(rest: string): { text: string; length: number } {
  const ends: Readonly<Record<string, string>> = { A: '^', z: '$', Z: '$' };
  const end = ends[rest[1] ?? ''];
  if (end !== undefined) return { text: end, length: 2 };
  if (rest[1] === 'h') return { text: '[ \\t]', length: 2 };
  const same = sameEscape.exec(rest);
  if (!same) throw new RangeError(`has the escape ${rest.slice(0, 2)}, which is not supported`);
  return { text: same[0], length: same[0].length };
}

function group(rest: string): { text: string; length: number } {
  const plain = /^\(\?(:|=|!|<=|<!)/.exec(rest);
  if (plain) return { text: plain[0], length: plain[0].length };
  const named = /^\(\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(rest);
  if (named) return { text: `(?<${named[1] ?? named[2]}>`, length: named[0].length };
  throw new RangeError(`has the group ${rest.slice(0, 3)}, which is not supported`);
}

function characterClass(rest: string, ignoreCase: boolean): { text: string; length: number } {
  const open = /^\[\^?\]?/.exec(rest)![0];
  let text = open.endsWith(']') ? `${open.slice(0, -1)}\\]` : open;
  let at = open.length;
  while (at < rest.length && rest[at] !== ']') {
    const tail = rest.slice(at);
    const named = /^\[:(\w+):\]/.exec(tail);
    const same = sameEscape.exec(tail);
    if (named) {
      const range = Object.hasOwn(posix, named[1]!) ? posix[named[1]!] : undefined;
      if (range === undefined)
        throw new RangeError(`has the class ${named[0]}, which is not known`);
      text += ignoreCase && /lower|upper/.test(named[1]!) ? 'A-Za-z' : range;
      at += named[0].length;
    } else if (tail[0] === '\\') {
      if (!same) throw new RangeError(`has the escape ${tail.slice(0, 2)}, which is not supported`);
      text += same[0];
      at += same[0].length;
    } else {
      const range = /^([A-Za-z])-([A-Za-z])/.exec(tail);
      const one = range?.[0] ?? tail[0]!;
      text +=
        ignoreCase && /^[A-Za-z]/.test(one) ? `${one.toLowerCase()}${one.toUpperCase()}` : one;
      at += one.length;
    }
  }
  if (at >= rest.length) throw new RangeError('has a [ without its ]');
  return { text: `${text}]`, length: at + 1 };
}

/** True for a path with httpd's wildcards `*`, `?` or `[…]`. */
export function hasWildcards(path: string): boolean {
  return /[*?]|\[[^\]]*\]/.test(path.replace(/\\./g, ''));
}

/** A `<Location>` path with wildcards: `*` and `?` match no slash, and the whole path has to match. */
export function wildcardRegex(path: string): string {
  const source = path.replace(/\\.|\[[^\]]*\]|[\s\S]/g, (part) => {
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.startsWith('[') && part.length > 1) return part.replace(/^\[!/, '[^');
    return part.startsWith('\\') ? `\\${part[1]}` : part.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  });
  return `^${source}$`;
}
