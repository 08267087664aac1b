/** `*` and `?` in a ServerAlias. Paths with wildcards are regular expressions when they get here. */

export function isPattern(name: string): boolean {
  return /[*?]/.test(name);
}

/** Matches whole names without case. */
export function patternOf(pattern: string): RegExp {
  const source = pattern.replace(/[^\w -]/g, (c) => {
    if (c === '*') return '.*';
    return c === '?' ? '.' : `\\${c}`;
  });
  return new RegExp(`^${source}$`, 'is');
}
