/**
 * Writes access.log, the day of a small web site that access-log.yaml replays: 2 000 lines in combined format.
 * Everything in it is made up, and the same at every run: `node scenarios/access-log.mjs`.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import seedrandom from 'seedrandom';

const LINES = 2000;
/** Requests by hour of the day, relative to each other: office hours with a lunch break. */
const hours = [1, 1, 1, 1, 1, 2, 4, 9, 16, 20, 21, 19, 14, 17, 20, 19, 15, 10, 8, 8, 7, 5, 3, 2];
/** Weight, path (a number follows `=` and a closing `/`), smallest and largest answer in bytes. */
const pages = [
  [20, '/', 4200, 4800],
  [18, '/style.css', 9312, 9312],
  [16, '/logo.svg', 2210, 2210],
  [16, '/catalogue?page=', 8000, 22000],
  [20, '/item/', 5200, 9800],
  [8, '/search?q=', 3000, 15000],
  [6, '/cart', 1800, 4100],
  [5, '/photos/', 48000, 910000],
  [1, '/manuals/all.pdf', 18874368, 18874368],
];
const statuses = [
  [90, 200],
  [6, 304],
  [3, 404],
  [1, 500],
];
const agents = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148',
];
/** Addresses kept for documentation (RFC 5737). Many people work behind that of the office. */
const office = '198.51.100.7';
const crawler = '203.0.113.80';

const uniform = seedrandom.alea('access.log');

writeFileSync(fileURLToPath(new URL('access.log', import.meta.url)), day());

function day() {
  const rows = hours.map((weight, hour) => [weight, hour]);
  const moments = Array.from({ length: LINES }, () => drawn(rows)[1] * 3600 + whole(0, 3599));
  return moments
    .sort((a, b) => a - b)
    .map(line)
    .join('');
}

function line(second) {
  const address = visitor();
  const [, path, smallest, largest] = drawn(pages);
  const [, status] = drawn(statuses);
  const target = /.[/=]$/.test(path) ? path + whole(1, 400) : path;
  const bytes = { 200: whole(smallest, largest), 304: '-' }[status] ?? 512;
  const human = address !== crawler;
  const referer = human && path !== '/' ? 'http://www.example.com/' : '-';
  const agent = human ? agents[whole(0, 2)] : 'ExampleBot/1.0 (+http://www.example.com/bot)';
  const request = `"GET ${target} HTTP/1.1" ${status} ${bytes}`;
  return `${address} - - [${stamp(second)}] ${request} "${referer}" "${agent}"\n`;
}

function visitor() {
  const who = uniform();
  if (who < 0.5) return office;
  return who < 0.6 ? crawler : `192.0.2.${whole(1, 254)}`;
}

function stamp(second) {
  const two = (value) => String(Math.floor(value)).padStart(2, '0');
  return `14/May/2024:${two(second / 3600)}:${two((second / 60) % 60)}:${two(second % 60)} +0000`;
}

/** A whole number between the two, both included. */
function whole(from, to) {
  return from + Math.floor(uniform() * (to - from + 1));
}

/** One of the rows, by the weights in their first column. */
function drawn(rows) {
  const weights = rows.map(([weight]) => weight);
  const point = uniform() * weights.reduce((sum, weight) => sum + weight);
  let passed = 0;
  return rows.find((_, i) => {
    passed += weights[i];
    return point < passed;
  });
}
