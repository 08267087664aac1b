/** Times in logs, in the zone of the machine. Times are microseconds since 1970. */

const fullMonths = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const fullDays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

let clfSecond = -1;
let clf = '';

/** `[27/Nov/2026:21:39:25 +0000]`, made once a second. */
export function clfTime(us: number): string {
  const second = Math.floor(us / 1e6);
  if (second !== clfSecond) {
    clfSecond = second;
    clf = strftime('[%d/%b/%Y:%H:%M:%S %z]', us);
  }
  return clf;
}

/** `Fri Nov 27 21:39:25.123456 2026`, as httpd's error log has it. */
export function errorTime(us: number): string {
  const fraction = two(Math.floor(us % 1e6), 6);
  return strftime(`%a %b %d %H:%M:%S.${fraction} %Y`, us);
}

/** C's strftime in its own locale; conversions that it does not know stay as written. */
export function strftime(format: string, us: number): string {
  const date = new Date(us / 1000);
  return format.replace(/%[EO]?([a-zA-Z%])/g, (written, letter: string) => {
    const convert = conversions[letter];
    return convert === undefined ? written : convert(date);
  });
}

const conversions: Readonly<Record<string, (date: Date) => string>> = {
  a: (date) => fullDays[date.getDay()]!.slice(0, 3),
  A: (date) => fullDays[date.getDay()]!,
  b: (date) => fullMonths[date.getMonth()]!.slice(0, 3),
  B: (date) => fullMonths[date.getMonth()]!,
  c: (date) => of('%a %b %e %H:%M:%S %Y', date),
  C: (date) => two(Math.floor(date.getFullYear() / 100)),
  d: (date) => two(date.getDate()),
  D: (date) => of('%m/%d/%y', date),
  e: (date) => `${date.getDate()}`.padStart(2),
  F: (date) => of('%Y-%m-%d', date),
  g: (date) => two(isoYear(date) % 100),
  G: (date) => `${isoYear(date)}`,
  h: (date) => fullMonths[date.getMonth()]!.slice(0, 3),
  H: (date) => two(date.getHours()),
  I: (date) => two(date.getHours() % 12 || 12),
  j: (date) => two(dayOfYear(date) + 1, 3),
  k: (date) => `${date.getHours()}`.padStart(2),
  l: (date) => `${date.getHours() % 12 || 12}`.padStart(2),
  m: (date) => two(date.getMonth() + 1),
  M: (date) => two(date.getMinutes()),
  n: () => '\n',
  p: (date) => (date.getHours() < 12 ? 'AM' : 'PM'),
  P: (date) => (date.getHours() < 12 ? 'am' : 'pm'),
  r: (date) => of('%I:%M:%S %p', date),
  R: (date) => of('%H:%M', date),
  s: (date) => `${Math.floor(date.getTime() / 1000)}`,
  S: (date) => two(date.getSeconds()),
  t: () => '\t',
  T: (date) => of('%H:%M:%S', date),
  u: (date) => `${date.getDay() || 7}`,
  U: (date) => two(Math.floor((dayOfYear(date) + 7 - date.getDay()) / 7)),
  V: (date) => two(Math.floor(dayOfYear(thursdayOf(date)) / 7) + 1),
  w: (date) => `${date.getDay()}`,
  W: (date) => two(Math.floor((dayOfYear(date) + 7 - ((date.getDay() + 6) % 7)) / 7)),
  x: (date) => of('%m/%d/%y', date),
  X: (date) => of('%H:%M:%S', date),
  y: (date) => two(date.getFullYear() % 100),
  Y: (date) => `${date.getFullYear()}`,
  z: zone,
  Z: zoneName,
  '%': () => '%',
};

function of(format: string, date: Date): string {
  return strftime(format, date.getTime() * 1000);
}

function two(value: number, digits = 2): string {
  return `${value}`.padStart(digits, '0');
}

function zone(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
}

function zoneName(date: Date): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(date);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** From 0. Both ends are taken in UTC, so that clock changes do not matter. */
function dayOfYear(date: Date): number {
  const year = date.getFullYear();
  return (Date.UTC(year, date.getMonth(), date.getDate()) - Date.UTC(year, 0, 1)) / 86_400_000;
}

/** The Thursday of its week: the year that it is in has the week. */
function thursdayOf(date: Date): Date {
  const day = (date.getDay() + 6) % 7;
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - day + 3);
}

function isoYear(date: Date): number {
  return thursdayOf(date).getFullYear();
}
