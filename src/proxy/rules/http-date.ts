/** Dates of HTTP in their three forms, and the one that is sent. */

const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';

/** `Sun, 06 Nov 1994 08:49:37 GMT` of any of the three forms; other text as it is. */
export function canonicalDate(text: string): string {
  let date = known.get(text);
  if (date === undefined) {
    const ms = httpDate(text);
    date = ms === null ? text : new Date(ms).toUTCString();
    if (known.size >= KNOWN_MOST) known.clear();
    known.set(text, date);
  }
  return date;
}

/** Backends send the same Date for a second and the same Last-Modified for long. */
const known = new Map<string, string>();
const KNOWN_MOST = 256;

/** Milliseconds since 1970; null for what is no date of HTTP. The day's name is not looked at. */
export function httpDate(text: string): number | null {
  const rest = text.trimStart();
  const blank = rest.indexOf(' ');
  if (blank < 0) return null;
  const date = rest.slice(blank + 1);
  const rfc1123 = /^(\d\d?) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) /.exec(date);
  if (rfc1123 !== null) {
    const [, day, month, year, hour, minute, second] = rfc1123;
    return utc(Number(year), month, day, hour, minute, second);
  }
  const rfc850 = /^(\d\d)-([A-Z][a-z]{2})-(\d\d) (\d\d):(\d\d):(\d\d) /.exec(date);
  if (rfc850 !== null) {
    const [, day, month, year, hour, minute, second] = rfc850;
    return utc(Number(year) + (Number(year) < 70 ? 2000 : 1900), month, day, hour, minute, second);
  }
  const asctime = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\d{4})/.exec(date);
  if (asctime === null) return null;
  const [, month, day, hour, minute, second, year] = asctime;
  return utc(Number(year), month, day, hour, minute, second);
}

function utc(year: number, monthName: string, ...rest: string[]): number | null {
  const month = MONTHS.indexOf(monthName.toLowerCase()) / 3;
  const [day, hour, minute, second] = rest.map(Number);
  if (month < 0 || !Number.isInteger(month)) return null;
  if (day < 1 || day > 31 || hour > 23 || minute > 59 || second > 61) return null;
  const ms = Date.UTC(year, month, day, hour, minute, second);
  return new Date(ms).getUTCDate() === day ? ms : null;
}
