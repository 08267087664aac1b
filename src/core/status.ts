/** Status flags of a worker, by httpd's letters (spec: httpd 1.3). */
export const status = {
  /** Initialised; set on every live worker, without effect here. */
  O: 1 << 0,
  /** Ignore errors: traffic never marks the worker in error. */
  I: 1 << 1,
  /** Draining: reached by a sticky route only. */
  N: 1 << 2,
  /** Generic, without effect. */
  G: 1 << 3,
  /** In shutdown. */
  U: 1 << 4,
  /** Disabled by the administrator. */
  D: 1 << 5,
  /** Stopped by the administrator; an error is not lifted by retry. */
  S: 1 << 6,
  /** In error until retry, forced recovery or a passing health check. */
  E: 1 << 7,
  /** Hot standby. */
  H: 1 << 8,
  /** Hot spare; wins over H. */
  R: 1 << 9,
  /** Free, without effect. */
  F: 1 << 10,
  /** Health check failed. */
  C: 1 << 11,
} as const;

export type StatusLetter = keyof typeof status;

/** Left out by outlier ejection (`modifiers/outlier.ts`): a flag without letter, as httpd has none like it. */
export const EJECTED = 1 << 12;

/** Any of these makes a worker unusable. */
export const UNUSABLE = status.D | status.S | status.E | status.C | status.U | EJECTED;

const texts: readonly (readonly [StatusLetter, string])[] = [
  ['O', 'Init '],
  ['I', 'Ign '],
  ['N', 'Drn '],
  ['G', 'Gen '],
  ['U', 'Shut '],
  ['D', 'Dis '],
  ['S', 'Stop '],
  ['E', 'Err '],
  ['H', 'Stby '],
  ['R', 'Spar '],
  ['F', 'Free '],
  ['C', 'HcFl '],
];

/** As balancer-manager shows it, for example `Init Drn Ok `. */
export function statusText(bits: number): string {
  const shown = texts.filter(([letter]) => bits & status[letter]).map(([, text]) => text);
  if (bits & EJECTED) shown.push('Ejct ');
  if (shown.length === 0) return '??? ';
  return shown.join('') + (bits & UNUSABLE ? '' : 'Ok ');
}

/** The set flags as sorted letters without O, for example `HN`. */
export function statusLetters(bits: number): string {
  return texts
    .map(([letter]) => letter)
    .filter((letter) => letter !== 'O' && bits & status[letter])
    .sort()
    .join('');
}

/**
 * Applies a `status=` value to `bits`: letters in any case, `+` and `-` set and clear what follows them.
 * Returns null when a letter is unknown or a sign stands alone, as httpd refuses it.
 */
export function applyStatus(bits: number, text: string): number | null {
  let result = bits;
  let set = true;
  let signAlone = false;
  for (const character of text.replace(/[a-z]/g, (letter) => letter.toUpperCase())) {
    if (character === '+' || character === '-') {
      set = character === '+';
      signAlone = true;
      continue;
    }
    const bit = Object.hasOwn(status, character) ? status[character as StatusLetter] : 0;
    if (bit === 0) return null;
    result = set ? result | bit : result & ~bit;
    signAlone = false;
  }
  return signAlone ? null : result;
}
