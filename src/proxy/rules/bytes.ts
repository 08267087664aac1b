/** Text as bytes: on the wire one character is one byte (latin1), in a configuration file it is UTF-8. */

/** A configuration's text as the bytes of its file, one character each, as requests and responses are compared. */
export function wireText(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 127) return Buffer.from(text, 'utf8').toString('latin1');
  }
  return text;
}

/** Value of a hexadecimal digit's character code; -1 for others. */
function hexValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** Value of `%XX` at `at` (the index of the percent sign); -1 when it is none. */
export function escapeAt(text: string, at: number): number {
  const high = hexValue(text.charCodeAt(at + 1));
  const low = hexValue(text.charCodeAt(at + 2));
  return high < 0 || low < 0 ? -1 : high * 16 + low; // charCodeAt behind the end is NaN, hence -1
}

const HEX = '0123456789ABCDEF';

export function escaped(code: number): string {
  return `%${HEX[code >> 4]}${HEX[code & 15]}`;
}

/** A table of the characters for which `test` holds, by code, for scanning without regular expressions. */
export function characters(test: (character: string) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (test(String.fromCharCode(code)) ? 1 : 0));
}
