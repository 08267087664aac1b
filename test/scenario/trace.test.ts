import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { keyOf } from '../../src/core/index.ts';
import { commonReader, parseTrace } from '../../src/scenario/trace.ts';
import { problemsOf } from './problems.ts';

const short = readFileSync(new URL('data/short.log', import.meta.url), 'utf8');
const { read: readLogLine } = commonReader();
const common = '10.0.0.1 - frank [17/May/2015:10:05:01 +0000] "GET /b HTTP/1.1" 200 512';

test('a log becomes arrivals by time, with clients by address in order of appearance', () => {
  const trace = parseTrace(short, 'short.log', 'clients[0].arrival.trace');
  expect(trace).toEqual({
    file: 'short.log',
    // The second and fourth line are 10:05:03 in two time zones: they keep their order.
    atNs: Float64Array.of(0, 2e9, 2e9, 32e9),
    client: Uint32Array.of(0, 1, 1, 2),
    bytes: Float64Array.of(512, 2030, 0, 17),
    clientCount: 3,
    sourceKey: Uint32Array.from(['10.0.0.1', '10.0.0.2', '10.0.0.3'], keyOf),
    uriKey: Uint32Array.from(['/b', '/a', '/c', '/d'], keyOf),
    resolutionNs: 1e9,
  });
});

test.each([
  ['common', common, 512],
  ['combined', `${common} "-" "agent"`, 512],
  ['no body', common.replace('512', '-'), 0],
  ['escaped quotes', common.replace('/b', String.raw`/\"b\" \\`), 512],
  ['further fields', `${common} "-" "agent" 1234 "x"`, 512],
  ['a user with blanks', common.replace('frank', 'frank the first'), 512],
  ['IPv6', common.replace('10.0.0.1', '2001:db8::1'), 512],
])('%s is read', (_, line, bytes) => {
  expect(readLogLine(line)).toMatchObject({ atUs: 1_431_857_101e6, bytes });
});

test.each([
  [common, '10.0.0.1'],
  [`www.example.com:80 ${common}`, '10.0.0.1'],
  [`www.example.com:443 ${common.replace('10.0.0.1', '2001:db8::1')}`, '2001:db8::1'],
  [common.replace('10.0.0.1', '2001:db8::1'), '2001:db8::1'],
  [common.replace('10.0.0.1', 'host.example.com'), 'host.example.com'],
])('the client of %s is %s', (text, address) => {
  expect(readLogLine(text)).toMatchObject({ address });
});

test.each([
  ['GET /a/b?c=d HTTP/1.1', '/a/b'],
  ['GET / HTTP/1.1', '/'],
])('%s asks for %s', (request, path) => {
  expect(readLogLine(common.replace('GET /b HTTP/1.1', request))).toMatchObject({ path });
});

test.each([
  ['nothing', ''],
  ['no such day', common.replace('17/May', '31/Feb')],
  ['no such month', common.replace('May', 'Mai')],
  ['no such hour', common.replace(':10:05', ':24:05')],
  ['an open quote', common.replace('HTTP/1.1"', 'HTTP/1.1')],
  ['no status', common.replace(' 200', '')],
  ['words for bytes', common.replace('512', 'many')],
])('%s is not a line of a log', (_, line) => {
  expect(readLogLine(line)).toBeNull();
});

test('line ends of Windows and a leading zone are understood', () => {
  const log = `${common}\r\n${common.replace('+0000', '-0130')}\r\n`;
  expect([...parseTrace(log, 'x', '').atNs]).toEqual([0, 5400e9]);
});

test('the first bad lines are named, and how many there are', () => {
  const log = [common, 'a', 'b', common, 'c', 'd'].join('\n');
  const problems = problemsOf(() => parseTrace(log, 'x.log', 'p'));
  expect(problems.map(({ line, source }) => [line, source])).toEqual([
    [0, undefined],
    [2, 'a'],
    [3, 'b'],
    [5, 'c'],
  ]);
  expect(problems[0]?.message).toContain('4 lines');
});

const real = new URL('../../../shared/data/access-2015.log.gz', import.meta.url);
const isHere = existsSync(real);
if (!isHere) console.warn('skipped: the real access log is not on this machine');
test.skipIf(!isHere)('a real log of 10 000 requests is read whole', () => {
  const text = gunzipSync(readFileSync(real)).toString('utf8');
  const { atNs, clientCount, bytes, client } = parseTrace(text, 'access-2015.log', '');
  const addresses = new Set(
    text
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]),
  );
  expect(atNs).toHaveLength(10_000);
  expect(clientCount).toBe(addresses.size);
  expect(Math.max(...client)).toBe(addresses.size - 1);
  expect(atNs.every((at, i) => at >= (atNs[i - 1] ?? 0))).toBe(true);
  expect(atNs.at(-1)! / 1e9).toBeGreaterThan(3 * 86_400);
  expect(bytes.some((size) => size > 1e6)).toBe(true);
});
