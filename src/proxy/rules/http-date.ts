/** Dates of HTTP in their three forms, and the one that is sent. */

const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';

/** `Sun, 06 Nov 1994 08:49:37 GMT` of any of the three forms; other text as it is. */
export function canonicalDate(text: string): string {
  const ms = httpDate(text);
  return ms === null ? text : new Date(ms).toUTCString();
}

/** Milliseconds since 1970; null for what is no date of HTTP. */
export function httpDate(text: string): number | null {
  const rest = text.trimStart();
  const comma = rest.indexOf(' ');
  if (comma < 0) return null;
  const date = rest.slice(comma).trimStart();
  const first =
    /^(\d\d)[ -]([A-Za-z]{3})[ -](\d{4}|\d\d) (\d\d):(\d\d):(\d\d)(?: .*)?$/.exec(date) ??
    /^(\d)[ -]([A-Za-z]{3})[ -](\d{4}|\d\d) (\d\d):(\d\d):(\d\d)(?: .*)?$/.exec(date);
  if (first !== null) {
    const [, day, month, year, hour, minute, second] = first;
    return utc(fullYear(year), month, day, hour, minute, second);
  }
  const asctime = /^([A-Za-z]{3}) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\d{4})/.exec(date);
  if (asctime === null) return null;
  const [, month, day, hour, minute, second, year] = asctime;
  return utc(Number(year), month, day, hour, minute, second);
}

function fullYear(year: string): number {
  if (year.length === 4) return Number(year);
  return Number(year) + (Number(year) < 70 ? 2000 : 1900);
}

function utc(year: number, monthName: string, ...rest: string[]): number | null {
  const month = MONTHS.indexOf(monthName.toLowerCase()) / 3;
  const [day, hour, minute, second] = rest.map(Number);
  if (month < 0 || !Number.isInteger(month)) return null;
  if (day < 1 || day > 31 || hour > 23 || minute > 59 || second > 61) return null;
  const ms = Date.UTC(year, month, day, hour, minute, second);
  return new Date(ms).getUTCDate() === day ? ms : null;
}
