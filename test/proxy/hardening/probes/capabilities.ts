/** What HTTP/1.1 has beside plain requests: pipelines, HTTP/1.0, invitations, upgrades, hops. */
import { answered, type Probe, refused, served } from '../probe.ts';
import { chunked, chunks, end, get, hidden, post } from './text.ts';

const expecting = 'Expect: 100-continue\r\n';

/** A request that wants to upgrade, where no worker takes that. */
function upgrade(protocol: string, more = '', line = get): string {
  return `${line}Connection: Upgrade\r\nUpgrade: ${protocol}\r\n${more}\r\n`;
}

export const capabilityProbes: readonly Probe[] = [
  served('three in a pipeline', `${get}\r\n${post}Content-Length: 3\r\n\r\nabc${chunks(end)}`, [
    'GET /x',
    'POST /x abc',
    'POST /x',
  ]),
  served(
    'thirty in a pipeline',
    `${get}\r\n`.repeat(30),
    Array.from({ length: 30 }, () => 'GET /x'),
  ),
  served('HEAD', 'HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n', 'HEAD /x'),
  served('Connection: close', `${get}Connection: close\r\n\r\n`, 'GET /x', { goesOn: false }),
  served('Connection: close among others', `${get}Connection: x, Close\r\n\r\n`, 'GET /x', {
    goesOn: false,
  }),
  served('nothing behind Connection: close', `${get}Connection: close\r\n\r\n${hidden}`, 'GET /x', {
    goesOn: false,
  }),
  served('HTTP/1.0 closes', 'GET /x HTTP/1.0\r\nHost: x\r\n\r\n', 'GET /x', { goesOn: false }),
  served(
    'HTTP/1.0 with a body',
    'POST /x HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc',
    'POST /x abc',
    {
      goesOn: false,
    },
  ),
  served('HTTP/1.0 that is kept', 'GET /x HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n', [
    'GET /x',
  ]),
  served('Expect without a body', `${get}${expecting}\r\n`, 'GET /x', {
    lacks: /expect/i,
  }),
  served(
    'Expect of HTTP/1.0',
    `POST /x HTTP/1.0\r\n${expecting}Content-Length: 3\r\n\r\nabc`,
    ['POST /x abc'],
    { goesOn: false, lacks: /expect/i },
  ),
  refused('Expect of something else', 417, `${post}Expect: 200-ok\r\nContent-Length: 3\r\n\r\nabc`),
  refused('Expect of more', 417, `${post}Expect: 100-continue, x\r\nContent-Length: 3\r\n\r\nabc`),
  refused('Expect twice', 417, `${post}${expecting}${expecting}Content-Length: 3\r\n\r\nabc`),
  served('Upgrade that is not taken', upgrade('websocket'), 'GET /x', { lacks: /upgrade/i }),
  served('Upgrade to h2c', upgrade('h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__\r\n'), 'GET /x', {
    lacks: /upgrade|http2/i,
  }),
  served(
    'Upgrade to h2c as it is written',
    `${get}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`,
    'GET /x',
    { lacks: /upgrade|http2/i },
  ),
  served('a request behind an Upgrade', upgrade('websocket') + hidden, ['GET /x', 'GET /hidden']),
  served('Upgrade again and again', upgrade('websocket').repeat(5) + hidden, [
    ...Array.from({ length: 5 }, () => 'GET /x'),
    'GET /hidden',
  ]),
  served(
    'Upgrade that says close',
    `${get}Connection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n${hidden}`,
    'GET /x',
    { goesOn: false },
  ),
  served('Upgrade with a length of 0', upgrade('h2c', 'Content-Length: 0\r\n', post) + hidden, [
    'POST /x',
    'GET /hidden',
  ]),
  served(
    'Upgrade with a body',
    `${upgrade('websocket', `Content-Length: ${hidden.length}\r\n`, post)}${hidden}`,
    `POST /x ${hidden}`,
  ),
  served('Upgrade with chunks', `${upgrade('h2c', chunked, post)}3\r\nabc\r\n${end}${hidden}`, [
    'POST /x abc',
    'GET /hidden',
  ]),
  served('Upgrade without Connection', `${get}Upgrade: websocket\r\n\r\n${hidden}`, [
    'GET /x',
    'GET /hidden',
  ]),
  served(
    'Upgrade of HTTP/1.0',
    `GET /x HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n`,
    ['GET /x'],
    { goesOn: false },
  ),
  served('Connection: Upgrade alone', `${get}Connection: Upgrade\r\n\r\n${hidden}`, [
    'GET /x',
    'GET /hidden',
  ]),
  served('Max-Forwards', `${get}Max-Forwards: 3\r\n\r\n`, 'GET /x', { has: /Max-Forwards: 2\r\n/ }),
  refused('Max-Forwards of 0', 400, `${get}Max-Forwards: 0\r\n\r\n`),
  refused('Max-Forwards that is no number', 400, `${get}Max-Forwards: x\r\n\r\n`),
  answered(
    'OPTIONS with Max-Forwards 0',
    200,
    'OPTIONS /x HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\n\r\n',
  ),
  served('Range', `${get}Range: bytes=${'0-,'.repeat(1000)}0-\r\n\r\n`, 'GET /x', {
    has: /Range: /,
  }),
  served('a proxy field', `${get}Proxy-Connection: keep-alive\r\nKeep-Alive: 9\r\n\r\n`, 'GET /x', {
    lacks: /proxy-connection|keep-alive: 9/i,
  }),
];

export const cookieProbes: readonly Probe[] = [
  served('one', `${get}Cookie: a=b\r\n\r\n`, 'GET /x', { has: /Cookie: a=b\r\n/ }),
  served('none in it', `${get}Cookie:\r\n\r\n`, 'GET /x'),
  served('two fields', `${get}Cookie: a=b\r\nCookie: c=d\r\n\r\n`, 'GET /x', {
    has: /Cookie: a=b, c=d\r\n/,
  }),
  served('malformed', `${get}Cookie: ;;;=;a;=b;a=b=c;"\r\n\r\n`, 'GET /x', {
    has: /Cookie: ;;;=;a;=b;a=b=c;"\r\n/,
  }),
  served('2000 pairs', `${get}Cookie: ${'a=b;'.repeat(2000)}\r\n\r\n`, 'GET /x'),
  served('bytes beyond ASCII', `${get}Cookie: a=\x80\xff\r\n\r\n`, 'GET /x', { has: /a=\x80\xff/ }),
  refused('10 000 pairs', 431, `${get}Cookie: ${'a=b;'.repeat(10_000)}\r\n\r\n`),
  refused('NUL', 400, `${get}Cookie: a=b\0c\r\n\r\n`),
  refused('control characters', 400, `${get}Cookie: a=\x01\x02\r\n\r\n`),
  refused('CR LF inside a line', 400, `${get}Cookie: a=b\r\n\nX: y\r\n\r\n`),
];
