/**
 * Width of text without a canvas, in pixels: advances of a common sans serif by class of letter, a little generous
 * so that a wider font still fits. Vega's own estimate is about 1.4 times too wide and would cut labels short.
 */
const classes: readonly (readonly [RegExp, number])[] = [
  [/[il.,:;'|! ()[\]]/, 0.33],
  [/[fjrt"\-/±]/, 0.41],
  [/[mwMW%@]/, 0.95],
  [/[A-Z&+=<>_~]/, 0.72],
  [/[ -~]/, 0.6],
];

/** `fontSize` in pixels; characters beyond ASCII count as a full em when they may be wide, 0.6 otherwise. */
export function textWidth(text: string, fontSize: number): number {
  let ems = 0;
  for (const letter of text) {
    const found = classes.find(([pattern]) => pattern.test(letter));
    ems += found?.[1] ?? (letter > '\u2e80' ? 1.05 : 0.6);
  }
  return ems * fontSize;
}

/** Width of the widest of `texts`; 0 without texts. */
export function widestOf(texts: readonly string[], fontSize: number): number {
  return Math.max(0, ...texts.map((text) => textWidth(text, fontSize)));
}

/** `text` cut with an ellipsis to at most `width` pixels. */
export function clipped(text: string, width: number, fontSize: number): string {
  if (textWidth(text, fontSize) <= width) return text;
  const letters = [...text];
  while (letters.length > 0 && textWidth(`${letters.join('')}…`, fontSize) > width) letters.pop();
  return `${letters.join('')}…`;
}
