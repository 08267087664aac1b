/** Logs read by the LogFormat that wrote them. */
import { expect, test } from 'vitest';
import { combinedFormat, commonFormat } from '../../src/config/log-format.ts';
import { meanOf } from '../../src/scenario/means.ts';
import { TraceColumns } from '../../src/scenario/trace-columns.ts';
import {
  type FormatOptions,
  formatReader,
  type LineReader,
} from '../../src/scenario/trace-format.ts';
import { jsonReader } from '../../src/scenario/trace-json.ts';

function readerOf(format: string, options?: FormatOptions): LineReader {
  const reader = formatReader(format, options);
  if ('problem' in reader) throw new Error(reader.problem);
  return reader;
}

const second = 1_431_857_101e6; // 17 May 2015, 10:05:01 UTC
const clf = '[17/May/2015:10:05:01 +0000]';

test.each([
  ['%t', clf, second, 1e9],
  ['%t', '[17/May/2015:12:35:01 +0230]', second, 1e9],
  ['%{sec}t', '1431857101', second, 1e9],
  ['%{msec}t', '1431857101250', second + 250_000, 1e6],
  ['%{usec}t', '1431857101250125', second + 250_125, 1e3],
  ['%{begin:usec}t', '1431857101250125', second + 250_125, 1e3],
  ['%{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t', '17/May/2015 11:05:01.250 +0100', second + 250_000, 1e6],
  ['%{%Y-%m-%dT%H:%M:%S}t.%{usec_frac}t', '2015-05-17T10:05:01.000007', second + 7, 1e3],
  ['%{%F %T %z}t', '2015-05-17 10:05:01 Z', second, 1e9],
  ['%{%A %e %B %y, %R:%S}t', 'Sunday 17 May 15, 10:05:01', second, 1e9],
  ['%{%D %T}t', '05/17/15 10:05:01', second, 1e9],
  ['%{end:sec}t %{sec}t', '1431857109 1431857101', second, 1e9],
])('the time %s of %s', (format, text, atUs, resolutionNs) => {
  const reader = readerOf(`%h ${format} "%r"`);
  expect(reader.resolutionNs).toBe(resolutionNs);
  expect(reader.read(`10.0.0.1 ${text} "GET / HTTP/1.1"`)).toMatchObject({ atUs });
});

test('an end without a begin is taken back by what the request took', () => {
  const read = readerOf('%h %{end:usec}t %D').read;
  expect(read('h 1431857101250000 250000')).toMatchObject({ atUs: second - 1 });
});

test.each([
  ['%D', '1500', 1_500_500],
  ['%{us}T', '1500', 1_500_500],
  ['%{ms}T', '12', 12_500_000],
  ['%T', '0.123', 123_500_000], // as nginx writes it
  ['%{s}T', '1.5', 1_550_000_000],
  ['%T', '3', Number.NaN], // whole seconds say nothing of most
  ['%D', '-', Number.NaN],
  ['%T %D', '0 1500', 1_500_500], // the finer one
])('%s of %s is the middle of what it stands for', (format, text, serviceNs) => {
  expect(readerOf(`%h %t ${format}`).read(`h ${clf} ${text}`)).toMatchObject({ serviceNs });
});

test('%b, %B and %O are sizes; without them none is known', () => {
  const bytes = (format: string, text: string) => readerOf(`%t ${format}`).read(`${clf} ${text}`);
  expect(bytes('%b', '-')).toMatchObject({ bytes: 0 });
  expect(bytes('%B', '17')).toMatchObject({ bytes: 17 });
  expect(bytes('%O', '512')).toMatchObject({ bytes: 512 });
  expect(bytes('%s', '200')).toMatchObject({ bytes: -1 });
});

test('any order, unquoted text and escapes', () => {
  const read = readerOf('%>s|%U|%a|%t|%{User-Agent}i|"%u"').read;
  const line = String.raw`200|/a b|2001:db8::1|${clf}|Mozilla 5.0 (X11)|"a \" b"`;
  expect(read(line)).toMatchObject({ address: '2001:db8::1', path: '/a b' });
  expect(read(line.replace('200', 'ok'))).toBeNull();
});

test('quotes with a backslash, as they stand in an httpd.conf, are quotes', () => {
  const read = readerOf('%h %t \\"%r\\"').read;
  expect(read(`h ${clf} "GET /x?y HTTP/1.1"`)).toMatchObject({ path: '/x' });
});

test.each(['-', String.raw`\x16\x03\x01`])('%s is no request', (text) => {
  expect(readerOf('%h %t "%r"').read(`h ${clf} "${text}"`)).toBe('no request');
});

test('a virtual host may come first in what is taken for common or combined', () => {
  const { read } = readerOf(commonFormat, { loose: true });
  const common = `10.0.0.1 - - ${clf} "GET / HTTP/1.1" 200 5`;
  for (const line of [common, `www.example.com:443 ${common}`, `[::1]:80 ${common} "-" "x"`])
    expect(read(line)).toMatchObject({ address: '10.0.0.1', bytes: 5 });
  expect(read(`a:80 ${common.replace('10.0.0.1', '2001:db8::1')}`)).toMatchObject({
    address: '2001:db8::1',
  });
});

const jsession = { cookie: 'JSESSIONID', separator: '.', path: 'jsessionid' };
test.each([
  ['%{JSESSIONID}C', '"abc.node1"', 'abc'],
  ['%{jsessionid}C', '"abc.node2"', 'abc'],
  ['%{JSESSIONID}C', '"abc"', 'abc'],
  ['%{JSESSIONID}C', '".node1"', null], // a route alone
  ['%{JSESSIONID}C', '"-"', null],
  ['%{Cookie}i', '"a=b; JSESSIONID=abc.node1; c=d"', 'abc'],
  ['%{Cookie}i', '"XJSESSIONID=abc.node1"', null],
  ['%{Set-Cookie}o', '"JSESSIONID=abc.node1; Path=/; HttpOnly"', 'abc'],
  ['%{Set-Cookie}o', '"a=b, JSESSIONID=abc.node1; Path=/"', 'abc'],
  ['%{Cookie}i" "%{Set-Cookie}o', '"JSESSIONID=old.n1" "JSESSIONID=new.n2"', 'old'],
])('%s of %s tells sessions apart', (format, text, session) => {
  const { read } = readerOf(`%t "${format}"`, { session: jsession });
  expect(read(`${clf} ${text}`)).toMatchObject({ session });
});

test('a path parameter tells sessions apart, too', () => {
  const { read } = readerOf('%t "%r"', { session: jsession });
  const session = (target: string) => read(`${clf} "GET ${target} HTTP/1.1"`);
  expect(session('/a;jsessionid=abc.n1?x')).toMatchObject({
    session: 'abc',
    path: '/a;jsessionid=abc.n1',
  });
  expect(session('/a?x=1&jsessionid=abc')).toMatchObject({ session: 'abc' });
  expect(session('/a?myjsessionid=abc')).toMatchObject({ session: null });
});

test('any item may tell sessions apart', () => {
  const session = {
    item: { letter: 'i', argument: 'x-forwarded-for', statuses: [], negated: false },
  };
  const { read } = readerOf('%h %t "%{X-Forwarded-For}i"', { session });
  expect(read(`h ${clf} "1.2.3.4"`)).toMatchObject({ session: '1.2.3.4', address: 'h' });
  expect(read(`h ${clf} "-"`)).toMatchObject({ session: null });
  expect(formatReader('%h %t', { session })).toEqual({ problem: 'it has no %{x-forwarded-for}i.' });
});

test.each([
  ['%h "%r"', 'it does not say when a request came; add %t, or better %{usec}t.'],
  ['%h %{%H:%M}t', 'it does not say when a request came; add %t, or better %{usec}t.'],
  ['%h %{%I:%M %p}t', '%p in %{%I:%M %p}t cannot be read back.'],
  ['%h %t %Y', '%Y is no format; write %% for a percent sign.'],
])('the format %s is refused', (format, problem) => {
  expect(formatReader(format)).toEqual({ problem });
});

test('a cookie that no item logs is refused when it was asked for', () => {
  const session = { cookie: 'S', separator: '', path: null };
  expect(formatReader('%h %t', { session })).toEqual({
    problem: 'it has no cookies; add one of %{S}C, %{Cookie}i or %{Set-Cookie}o.',
  });
});

test.each([
  [`10.0.0.1 - - ${clf} "GET / HTTP/1.1" abc 5 "-" "x"`, 'abc', '%s'],
  [`10.0.0.1 - - 1431857101 "GET / HTTP/1.1" 200 5 "-" "x"`, '1431857101', '%t'],
  [`10.0.0.1 - - ${clf} "GET / HTTP/1.1" 200 5 "-" "cut o`, 'cut o', '%{User-Agent}i and """'],
  ['garbage', 'garbage', '%h and " "'],
])('%s: what does not fit is pointed at', (line, text, expected) => {
  const { read, misfit } = readerOf(combinedFormat);
  expect(read(line)).toBeNull();
  expect(misfit(line)).toEqual({ column: line.indexOf(text) + 1, expected });
});

test('a line of the JSON log of fairlead proxy', () => {
  const { read } = jsonReader();
  const line = {
    ...{ time: '2015-05-17T10:05:01.250Z', client: '10.0.0.1', target: '/a?b', bodyBytes: 5 },
    ...{ firstByteUs: 1500, balancer: 'shop', more: [] },
  };
  const text = (more: object) => JSON.stringify({ ...line, ...more });
  expect(read(text({}))).toEqual({
    ...{ address: '10.0.0.1', session: null, atUs: second + 250_000, bytes: 5, path: '/a' },
    serviceNs: 1_500_500,
  });
  expect(read(text({ firstByteUs: null }))).toMatchObject({ serviceNs: Number.NaN });
  expect(read(text({ balancer: null }))).toBe('no request');
  expect(read(text({ time: 'today' }))).toBeNull();
  expect(read('{')).toBeNull();
});

test('the uniform of each entry leads to its own time, wherever it stands in the log', () => {
  const columns = new TraceColumns();
  const times = Array.from({ length: 3000 }, (_, i) => ((i * 7919) % 1000) * 1e3 + 500);
  times.forEach((serviceNs, i) => {
    // Every tenth line comes late, every seventh says nothing.
    const atUs = i - (i % 10 === 0 ? 25 : 0);
    const serviceOr = i % 7 === 0 ? Number.NaN : serviceNs;
    columns.add({
      address: `h${i % 9}`,
      session: null,
      atUs,
      bytes: i,
      path: '/',
      serviceNs: serviceOr,
    });
  });
  const trace = columns.trace('x.log', 1e3);
  const { spec, uniform } = columns.service();
  if (spec.kind !== 'samples') throw new Error('no samples');
  expect(columns.timed).toBe(3000 - 429);
  expect(spec.values).toHaveLength(columns.timed);
  trace.bytes.forEach((line, entry) => {
    const own =
      uniform[entry]! < 0 ? null : spec.values[Math.floor(uniform[entry]! * columns.timed)];
    expect(own).toBe(line % 7 === 0 ? null : times[line]);
  });
  const said = times.filter((_, i) => i % 7 !== 0);
  expect(meanOf(spec)).toBeCloseTo(said.reduce((sum, ns) => sum + ns, 0) / said.length, 3);
});
