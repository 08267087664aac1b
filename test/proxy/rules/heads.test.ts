/** Heads in both directions: what the random requests beside httpd cannot show. */
import { expect, test } from 'vitest';
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

function forwarded(rawHeaders: string[], more: object = {}, conf = '', env = {}): string[] {
  const shared = common(conf, env);
  const head = requestHead({
    ...shared,
    member: shared.config.balancers[0]!.workers[0]!,
    method: 'GET',
    uri: '/app/x',
    rawHeaders: ['Host', 'client.test', ...rawHeaders],
    maxForwards: null,
    framing: nothing,
    keepAlive: true,
    upgrade: null,
    expect: false,
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
