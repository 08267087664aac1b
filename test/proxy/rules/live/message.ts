/** HTTP messages as text (latin1), taken apart. */

export interface Message {
  /** Without its line end. */
  readonly start: string;
  /** Name, value, name, value, … */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export function messageOf(text: string): Message {
  const end = text.indexOf('\r\n\r\n');
  const [start = '', ...lines] = text.slice(0, end < 0 ? text.length : end).split('\r\n');
  const rawHeaders = lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { start, rawHeaders, body: end < 0 ? '' : text.slice(end + 4) };
}

/** `Name: value` lines in order of the alphabet: fields as a set, repeats kept in their order. */
export function sorted(rawHeaders: readonly string[]): string[] {
  const lines: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2)
    lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  return lines.sort((a, b) => {
    const [x, y] = [
      a.slice(0, a.indexOf(':')).toLowerCase(),
      b.slice(0, b.indexOf(':')).toLowerCase(),
    ];
    return x < y ? -1 : x > y ? 1 : 0;
  });
}
