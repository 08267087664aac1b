/** To which session a line of a log belongs, by what its format logs. */
import type { FormatProblem, LogItem } from '../config/log-format.ts';
import { type Groups, textOf } from './trace-pattern.ts';
import { escapedForRegex } from './trace-time.ts';

/** By what, beside addresses, requests belong to one session. */
export type SessionKey =
  /** The cookie, up to `separator` (empty: whole), or `path=` in the URL. */
  | { readonly cookie: string; readonly separator: string; readonly path: string | null }
  | { readonly item: LogItem };

export interface KeyReader {
  /** `target`: path and query. */
  read(found: RegExpExecArray, target: string): string | null;
}

/** Finds out to which session a request belongs. */
export function keyReader(key: SessionKey | null, groups: Groups): KeyReader | FormatProblem {
  if (key === null) return { read: () => null };
  const groupOf = (letter: string, argument: string) => {
    const same = ([item]: [LogItem, number]) =>
      item.letter === letter && item.argument.toLowerCase() === argument.toLowerCase();
    return [...groups].find(same)?.[1] ?? -1;
  };
  if ('item' in key) {
    const at = groupOf(key.item.letter, key.item.argument);
    if (at < 0) return { problem: `it has no ${textOf(key.item)}.` };
    return { read: (found) => known(found[at]) };
  }
  const { cookie, separator, path } = key;
  const plain = groupOf('C', cookie);
  const headers = [groupOf('i', 'Cookie'), groupOf('o', 'Set-Cookie')].filter((at) => at >= 0);
  const inHeader = new RegExp(`(?:^|[;,] *)${escapedForRegex(cookie)}=([^;,]*)`, 'i');
  const inTarget = path ? new RegExp(`[;?&]${escapedForRegex(path)}=([^;?&]+)`) : null;
  const id = (text: string | null | undefined) => {
    const value = known(text);
    const end = separator === '' ? -1 : (value?.indexOf(separator) ?? -1);
    return (end < 0 ? value : value?.slice(0, end)) || null;
  };
  if (path === null && plain < 0 && headers.length === 0) {
    const where = `%{${cookie}}C, %{Cookie}i or %{Set-Cookie}o`;
    return { problem: `it has no cookies; add one of ${where}.` };
  }
  return {
    read: (found, target) => {
      const values = [
        found[plain],
        inTarget?.exec(target)?.[1],
        ...headers.map((at) => inHeader.exec(found[at]!)?.[1]),
      ];
      return values.map(id).find((one) => one !== null) ?? null;
    },
  };
}

function known(text: string | null | undefined): string | null {
  return text === undefined || text === '-' || text === '' ? null : text;
}
