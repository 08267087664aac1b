/** What has to hold for a mapping beside its path: fields and cookies of the head. */
import type { Conditions } from '../../config/config.ts';
import { wireText } from './bytes.ts';
import { Derived } from './derived.ts';
import { find } from './fields.ts';

interface Compiled {
  /** Names and values, as they come. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Of each cookie a text that holds it. */
  readonly cookies: readonly RegExp[];
}

const compiled = new Derived(
  ({ headers, cookies }: Conditions): Compiled => ({
    headers: headers.map(({ name, value }) => [name.toLowerCase(), wireText(value)]),
    cookies: cookies.map(({ name, value }) => {
      const pair = wireText(`${name}=${value}`).replace(/[^\w\x80-\xff]/g, '\\$&');
      return new RegExp(`(?:^|;)[ \\t]*${pair}[ \\t]*(?:;|$)`);
    }),
  }),
);

/**
 * Whether all of them hold for a head. Of several fields of one name, and of several cookies of one, any may have the
 * value: each field counts by itself and as a whole, lists in it are not taken apart.
 */
export function hold(conditions: Conditions, fields: readonly string[]): boolean {
  const { headers, cookies } = compiled.of(conditions);
  return (
    headers.every(([name, value]) => some(fields, name, (text) => text === value)) &&
    cookies.every((cookie) => some(fields, 'cookie', (text) => cookie.test(text)))
  );
}

function some(fields: readonly string[], lower: string, fits: (value: string) => boolean): boolean {
  for (let i = find(fields, lower); i >= 0; i = find(fields, lower, i + 2)) {
    if (fits(fields[i + 1]!)) return true;
  }
  return false;
}
