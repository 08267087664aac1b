/** Small steps that every part of the resolving takes. */
import type { Context } from './context.ts';
import { type Path, pathText } from './document.ts';
import { durationNs } from './units.ts';

/** Names within a list must differ. */
export function refuseDuplicates(
  items: readonly { readonly name: string }[],
  path: Path,
  context: Context,
): void {
  const seen = new Set<string>();
  items.forEach(({ name }, i) => {
    // An empty name is one that could not be read.
    if (name !== '' && seen.has(name)) {
      const at = [...path, i, 'name'];
      const message = `${pathText(at)} is "${name}" like an earlier one; expected a name of its own.`;
      context.report('DUPLICATE', at, message);
    }
    seen.add(name);
  });
}

export function isOn(raw: string | boolean | undefined, missing: boolean): boolean {
  if (raw === undefined) return missing;
  return typeof raw === 'boolean' ? raw : raw.toLowerCase() === 'on';
}

export function wholeSecondsOf(text: string): number {
  return durationNs(text) / 1e9;
}
