/** `$1` and the like, as httpd replaces them in ProxyPassMatch, SetEnvIf and `Header edit`. */

/** Compiles as httpd does by default: `.` matches line ends, `$` only the end. */
export function regexOf(source: string, flags = ''): RegExp {
  return new RegExp(source, `s${flags}`);
}

/** `$0` to `$9` become what `match` has (nothing for a group without match); `\$` and `\\` lose the backslash. */
export function substitute(template: string, match: RegExpExecArray): string {
  let out = '';
  for (let i = 0; i < template.length; i++) {
    const c = template[i];
    const next = template.charCodeAt(i + 1);
    if (c === '$' && next >= 48 && next <= 57) {
      out += match[next - 48] ?? '';
      i++;
    } else if (c === '\\' && (next === 36 || next === 92)) {
      out += template[++i];
    } else out += c;
  }
  return out;
}
