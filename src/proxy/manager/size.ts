const UNITS = 'KMGTPE';

/** A number of bytes in four characters, as httpd's pages show it: `  0 `, `1.2K`, ` 34M`. */
export function fourCharacters(bytes: number): string {
  if (bytes < 973) return `${String(bytes).padStart(3)} `;
  let size = bytes;
  for (const unit of UNITS) {
    const rest = size % 1024;
    size = Math.floor(size / 1024);
    if (size >= 973) continue;
    if (size < 9 || (size === 9 && rest < 973)) {
      const tenths = Math.floor((rest * 5 + 256) / 512);
      return tenths >= 10 ? `${size + 1}.0${unit}` : `${size}.${tenths}${unit}`;
    }
    return `${String(rest >= 512 ? size + 1 : size).padStart(3)}${unit}`;
  }
  return '****';
}
