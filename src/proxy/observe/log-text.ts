/** Text of a request as it may stand in a log. */

const named: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

const PLAIN = /^[ !#-[\]-~]*$/;

/** As httpd's ap_escape_logitem: quotes, backslashes, and every byte that is not printable ASCII. */
export function escaped(text: string): string;
export function escaped(text: string | null): string | null;
export function escaped(text: string | null): string | null {
  if (text === null || PLAIN.test(text)) return text;
  return text.replace(
    /[^ !#-[\]-~]/g,
    (c) => named[c] ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** The cookie called `name`, case aside, as `%{name}C` finds it; null without one. */
export function cookieOf(cookies: string | null, name: string): string | null {
  if (cookies === null) return null;
  for (const pair of cookies.split(';')) {
    const at = pair.indexOf('=');
    if (at <= 0 || at === pair.length - 1) continue;
    if (pair.slice(0, at).trim().toLowerCase() === name.toLowerCase())
      return pair.slice(at + 1).trim();
  }
  return null;
}
