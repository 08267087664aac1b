/** Heads in both directions: what the random requests beside httpd cannot show. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HeadLines } from '../../../src/proxy/head-lines.ts';
import { RequestParser } from '../../../src/proxy/http1/request-parser.ts';
import { framing, needsLength } from '../../../src/proxy/rules/framing.ts';
import { requestHead } from '../../../src/proxy/rules/request-head.ts';
import {
  ownHeaders,
  passesInterim,
  responseHeaders,
} from '../../../src/proxy/rules/response-head.ts';
import { settingsFor } from '../../../src/proxy/rules/settings.ts';
import { balancer, configOf } from './config.ts';

function common(conf = '', env: Record<string, string> = {}) {
  const config = configOf(balancer + conf);
  const server = config.servers[0];
  return {
    config,
    server,
    settings: settingsFor(server, '/'),
    values: { env: new Map(Object.entries(env)), receivedUs: 12, elapsedUs: () => 3 },
    remoteAddress: '192.0.2.1',
    localAddress: '192.0.2.2',
    secure: false,
    version: '1.1',
    authority: 'client.test',
    absolute: false,
    product: 'Fairlead/1',
  };
}

const nothing = { contentLength: null, chunked: false };

/** Of a request without anything special. */
function plain(shared: ReturnType<typeof common>) {
  return {
    ...shared,
    member: shared.config.balancers[0]!.workers[0]!,
    method: 'GET',
    uri: '/app/x',
    lines: null,
    maxForwards: null,
    framing: nothing,
    keepAlive: true,
    upgrade: null,
    expect: false,
  };
}

function forwarded(rawHeaders: string[], more: object = {}, conf = '', env = {}): string[] {
  const head = requestHead({
    ...plain(common(conf, env)),
    rawHeaders: ['Host', 'client.test', ...rawHeaders],
    ...more,
  });
  expect(head.endsWith('\r\n\r\n')).toBe(true);
  return head.split('\r\n').slice(0, -2);
}

const added = [
  'X-Forwarded-For: 192.0.2.1',
  'X-Forwarded-Host: client.test',
  'X-Forwarded-Server: main.test',
];

test("a request: Host first, then the client's fields, then ours", () => {
  expect(forwarded(['Cookie', 'a=1', 'Accept', 'x', 'cookie', 'b=2', 'TE', 'trailers'])).toEqual([
    'GET /app/x HTTP/1.1',
    'Host: h:81',
    'Cookie: a=1, b=2',
    'Accept: x',
    ...added,
    'Connection: Keep-Alive',
  ]);
});

/** The lines of fields that are written as they stand in `lines`, and the fields. */
function parsed(lines: readonly string[]) {
  const parser = new RequestParser(10_000);
  parser.begin();
  const bytes = Buffer.from(`GET / HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  parser.feed(bytes, 0, bytes.length);
  const head = parser.takeHead();
  parser.dispose();
  if (head === null || head.lines === null) throw new Error(`no head: ${lines.join(', ')}`);
  return { rawHeaders: head.rawHeaders, lines: head.lines };
}

test('lines that go on as they came are those that would be put together anew', () => {
  const field = fc.tuple(
    fc.constantFrom(
      ...['Accept', 'X-A', 'x-a', 'Cookie', 'COOKIE', 'Connection', 'TE', 'Expect', 'Via'],
      ...['X-Forwarded-For', 'x-forwarded-host', 'Max-Forwards', 'Keep-Alive', 'User-Agent'],
    ),
    fc.constantFrom(': ', ': ', ': ', ':', ':\t', ':  '),
    fc.constantFrom('', 'a', 'x-a', 'a: b', 'close', 'b c, d', '\xe9'),
    fc.constantFrom('', '', '', ' ', '\t'),
  );
  const shared = common();
  const sent = (rawHeaders: readonly string[], lines: HeadLines | null) =>
    requestHead({ ...plain(shared), rawHeaders, lines });
  let kept = 0;
  fc.assert(
    fc.property(fc.array(field, { maxLength: 5 }), (fields) => {
      const { rawHeaders, lines } = parsed([
        'Host: client.test',
        ...fields.map((parts) => parts.join('')),
      ]);
      expect(sent(rawHeaders, lines)).toBe(sent(rawHeaders, null));
      if (rawHeaders.some((_, i) => i % 2 === 0 && i > 0 && lines.isPlain(i))) kept++;
    }),
    { seed: 1, numRuns: 1000 },
  );
  expect(kept).toBeGreaterThan(300);
});

test('Connection deletes what it names, but nothing that others rely on', () => {
  const sent = forwarded([
    ...[
      'Connection',
      'close, X-Mine, Cookie, Host, Authorization, Forwarded, X-Forwarded-For, X-Forwarded-Proto, Via',
    ],
    ...['X-Mine', '1', 'Cookie', 'a', 'Authorization', 'b', 'Forwarded', 'c'],
    ...['X-Forwarded-For', 'd', 'X-Forwarded-Proto', 'https', 'Via', 'e', 'HTTP2-Settings', 'f'],
  ]);
  expect(sent.slice(2)).toEqual([
    ...['Cookie: a', 'Authorization: b', 'Forwarded: c'],
    ...['X-Forwarded-For: d, 192.0.2.1', 'X-Forwarded-Proto: https', 'Via: e'],
    ...added.slice(1),
    'Connection: Keep-Alive',
  ]);
});

test('the body is framed as it was read, whatever the client said', () => {
  const raw = ['Content-Length', '5', 'Connection', 'Content-Length'];
  expect(forwarded(raw, { framing: { contentLength: 5, chunked: false } }).at(-1)).toBe(
    'Content-Length: 5',
  );
  const chunks = ['Transfer-Encoding', 'chunked', 'Connection', 'transfer-encoding'];
  expect(forwarded(chunks, { framing: { contentLength: null, chunked: true } }).at(-1)).toBe(
    'Transfer-Encoding: chunked',
  );
});

test('Upgrade, Expect, a connection that ends, and HTTP/1.0', () => {
  const upgrade = ['Connection', 'keep-alive, Upgrade', 'Upgrade', 'websocket'];
  expect(forwarded(upgrade, { upgrade: 'websocket' }).slice(-2)).toEqual([
    'Connection: Upgrade',
    'Upgrade: websocket',
  ]);
  expect(forwarded(upgrade).slice(-1)).toEqual(['Connection: Keep-Alive']);
  expect(forwarded(['Expect', '100-continue'])).not.toContain('Expect: 100-continue');
  expect(forwarded(['Expect', '100-continue'], { expect: true })).toContain('Expect: 100-continue');
  expect(forwarded([], { expect: true })).toContain('Expect: 100-Continue');
  expect(forwarded([], { keepAlive: false }).at(-1)).toBe('Connection: close');
  const old = forwarded([], {}, '', { 'force-proxy-request-1.0': '1' });
  expect([old[0], old.at(-1)]).toEqual(['GET /app/x HTTP/1.0', added[2]]);
});

test('framing: a length when it is known, else chunks; no body, no field', () => {
  const body = { contentLength: null, chunked: false, prefetched: 0, complete: true };
  expect(framing(body)).toEqual(nothing);
  expect(framing({ ...body, contentLength: 0 })).toEqual({ contentLength: 0, chunked: false });
  expect(framing({ ...body, contentLength: 99_999, complete: false })).toEqual({
    contentLength: 99_999,
    chunked: false,
  });
  expect(framing({ ...body, chunked: true, prefetched: 7 })).toEqual({
    contentLength: 7,
    chunked: false,
  });
  expect(framing({ ...body, chunked: true, prefetched: 16_384, complete: false })).toEqual({
    contentLength: null,
    chunked: true,
  });
  expect(needsLength(new Map([['proxy-sendcl', '1']]))).toBe(true);
  expect(
    needsLength(
      new Map([
        ['proxy-sendcl', '1'],
        ['proxy-sendchunked', '1'],
      ]),
    ),
  ).toBe(false);
});

function answered(rawHeaders: string[], more: object = {}, conf = '', env = {}): string[] {
  return responseHeaders({
    ...common(conf, env),
    requestHeaders: [],
    method: 'GET',
    status: 200,
    rawHeaders,
    date: 'today',
    serverToken: 'fairlead',
    ...more,
  });
}

const front = ['Date', 'today', 'Server', 'fairlead'];

test('a response: cookies behind the rest, Via last, no hop-by-hop fields', () => {
  const raw = [
    'Set-Cookie',
    'a',
    'X',
    '1',
    'Keep-Alive',
    'y',
    'Connection',
    'X-Hop, Set-Cookie',
    'X-Hop',
    '2',
  ];
  expect(answered(raw, {}, 'ProxyVia Full')).toEqual([
    ...front,
    ...['X', '1', 'Set-Cookie', 'a', 'Via', '1.1 main.test (Fairlead/1)'],
  ]);
});

test('no length where no body follows, and none beside chunks', () => {
  const raw = ['Content-Length', '0'];
  expect(answered(raw)).toEqual([...front, ...raw]);
  expect(answered(raw, { method: 'HEAD' })).toEqual(front);
  expect(answered(raw, { status: 204 })).toEqual(front);
  expect(answered(['Content-Length', '9'], { method: 'HEAD' })).toEqual([
    ...front,
    'Content-Length',
    '9',
  ]);
  expect(answered(['Content-Length', '9'], { status: 304 })).toEqual(front);
  expect(answered(['Content-Length', '9', 'Transfer-Encoding', 'chunked'])).toEqual(front);
});

test("values with specifiers, on backends' answers and on the proxy's own", () => {
  const conf = [
    'Header set X-A "%t %D %{A}e %{B}e 5%%"',
    'Header always set X-B b',
    'Header add Set-Cookie "R=.%{A}e" env=CHANGED',
  ].join('\n');
  const env = { A: 'x\r\nSet-Cookie: y\x01', CHANGED: '1' };
  expect(answered([], {}, conf, env)).toEqual([
    ...front,
    ...[
      'X-B',
      'b',
      'X-A',
      't=12 D=3 x  Set-Cookie: y  (null) 5%',
      'Set-Cookie',
      'R=.x  Set-Cookie: y ',
    ],
  ]);
  const own = {
    ...common(conf, env),
    requestHeaders: [],
    method: 'GET',
    rawHeaders: [],
    date: 'today',
    serverToken: '',
  };
  expect(ownHeaders({ ...own, status: 503 })).toEqual(['Date', 'today', 'X-B', 'b']);
});

// Spec: httpd 10.3.
test('interim responses go to clients that can take them', () => {
  const none = new Map<string, string>();
  const policy = (text: string) => new Map([['proxy-interim-response', text]]);
  expect(passesInterim(103, '1.1', false, none)).toBe(true);
  expect(passesInterim(103, '1.0', false, none)).toBe(false);
  expect(passesInterim(100, '1.1', false, none)).toBe(false);
  expect(passesInterim(100, '1.1', true, none)).toBe(true);
  expect(passesInterim(100, '1.1', false, policy('RFC'))).toBe(true);
  expect(passesInterim(103, '1.1', true, policy('Suppress'))).toBe(false);
});

test('fields that a client says again go on as the first time, whatever else is different', () => {
  const written = ['Host: client.test', 'Accept: x', 'X-Forwarded-For: 10.0.0.1', 'Cookie: a=1'];
  const shared = common();
  const other = common('ProxyPreserveHost On\nProxyVia On');
  const edited = common('RequestHeader set A b');
  const { rawHeaders, lines } = parsed(written);
  const variants: object[] = [
    {},
    { uri: '/app/y', method: 'DELETE' },
    { member: shared.config.balancers[0]!.workers[1] ?? plain(shared).member },
    { settings: other.settings },
    { server: other.server, settings: other.settings },
    { settings: edited.settings },
    { remoteAddress: '192.0.2.9' },
    { version: '1.0' },
    { maxForwards: '3' },
    { keepAlive: false },
    { upgrade: 'websocket' },
    { expect: true },
    { framing: { contentLength: 0, chunked: false } },
    { framing: { contentLength: null, chunked: true } },
    { absolute: true, authority: 'other.test' },
    { values: { ...shared.values, env: new Map([['force-proxy-request-1.0', '1']]) } },
    { rawHeaders: ['Host', 'client.test', 'Accept', 'y'] },
  ];
  const sent = (variant: object, known: HeadLines | null) =>
    requestHead({ ...plain(shared), rawHeaders, ...variant, lines: known });
  lines.repeated = true;
  for (const before of variants) {
    for (const variant of variants) {
      sent(before, lines);
      expect(sent(variant, lines)).toBe(sent(variant, null));
    }
  }
  expect(lines.passed).not.toBeNull();
});
