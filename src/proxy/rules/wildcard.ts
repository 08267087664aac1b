/** Shell patterns, as httpd knows them in `<Location /a*>`, `<Proxy *>` and ServerAlias. */

/** Whether a section's path is a pattern rather than a prefix. */
export function isPattern(path: string): boolean {
  return /[*?]|\[.*\]/s.test(path);
}

/** `*`, `?`, `[a-z]`, `[!a]`, `\x`. With `pathname` neither wildcard matches a slash. */
export function patternOf(pattern: string, pathname: boolean, ignoreCase = false): RegExp {
  const one = pathname ? '[^/]' : '[^]';
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i];
    const close = c === '[' ? pattern.indexOf(']', i + 2) : -1;
    if (c === '*') source += `${one}*`;
    else if (c === '?') source += one;
    else if (close > 0) {
      const set = pattern.slice(i + 1, close).replace(/[\\\]^]/g, '\\$&');
      source += `[${set.replace(/^(!|\\\^)/, '^')}]`;
      i = close;
    } else if (c === '\\' && i + 1 < pattern.length) source += literal(pattern[++i]);
    else source += literal(c);
  }
  return new RegExp(`^${source}$`, ignoreCase ? 'i' : '');
}

function literal(c: string): string {
  return /[\w/ -]/.test(c) ? c : `\\${c}`;
}
