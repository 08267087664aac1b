/** Requests and answers drawn from a seed: ordinary ones with something strange in most of them. */

export interface Drawn {
  /** Which of the ports. */
  readonly server: number;
  readonly method: string;
  readonly request: string;
  readonly answer: string;
}

type Random = () => number;

/** Numbers in [0, 1). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function among<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}

const prefixes: readonly (readonly string[])[] = [
  '/c/ /c /cx /c// //c/ /app /app/ /app/x /App /slash/x /slash/x/ /slash/y /slash/ /raw/ /raw// /raw2 /raw2/ //raw/x //raw2/x /worker /worker/ /noquery/ /x/y /x//y/ /x/y/z /undefined/ /undefined /none/ /none /nonex / /other'.split(
    ' ',
  ),
  '/m/a.gif /m/b/c.gif /m/.gif /q/one/ /q/a%20b/two /q//x /x.jpg /x/y.jpg /no/x /raw/ /raw/x /loc /loc/ /loc/x /loc/off /loc/off/x /loc/offx /lm/abc /lm/abc/x /lm/ /wild/a/end /wild/a/b/end /wild//end / /rest'.split(
    ' ',
  ),
  '/c /c/ /c//x /c/x //c /quiet /quiet/ /quietly //quiet /deep/ /'.split(' '),
  '/a /area /area/b /area/b%20c /%61rea /app /app/x / /b'.split(' '),
  '/ /x /x/y'.split(' '),
];

const pieces =
  'x y/ ; ;SID=a.r1 ;SID=q.%7e a=b %41 %7e %20 %2e/ %2E%2e/ ../ ./ // /./ %3b %3F %23 %25 %2525 %7C %c3%a9 \xc3\xa9 %e2%82%ac %01 %0d%0a %7f ~ !$&\'()*+,;=:@ %5b%5d %3C .gif .jpg end : [ ] | " < ^ { \\ ` %zz %4 %2f %2F%2f %00 \x7f .. ... /.. %2e'.split(
    ' ',
  );
const queries = 'q a=1&b=2 SID=x.r1 SID=x.r9 a%20b %zz ?x /../x \xc3\xa9 %0d a;b " <x> | #f'.split(
  ' ',
);

function target(random: Random, server: number): string {
  let path = among(random, prefixes[server]!);
  const usual = pieces.indexOf(':') + 1;
  for (let n = Math.floor(random() * 4); n > 0; n--) {
    // Half of what is strange is refused; most requests should come through.
    path += random() < 0.9 ? pieces[Math.floor(random() * usual)]! : among(random, pieces);
  }
  if (random() < 0.05) path = path.slice(0, -1) || '/';
  const query =
    random() < 0.4
      ? `?${random() < 0.8 ? queries[Math.floor(random() * 8)]! : among(random, queries)}`
      : '';
  const whole = path + (random() < 0.05 ? '?' : query);
  if (random() < 0.06) return `http://${among(random, hosts)}${whole}`;
  if (random() < 0.01) return among(random, ['x', 'foo:/x', 'https://a/', '//']);
  return whole;
}

const hosts =
  'plain.test match.test keep.test:80 Edit.Test one.test x.one.test alias.test ALIAS.test:81 wild.test w__ld.test two.test two.test.:5 other.test never.test 127.0.0.1 [::1]:9 unknown.test'.split(
    ' ',
  );
const oddHosts = [
  '',
  'a b',
  'a_b',
  'a,b',
  'x:',
  'x:0',
  'x:99999',
  'x:1a',
  '..',
  'a..b',
  '1.2',
  '1.2.3.04',
  'a.1b',
  '[::g]',
  'x/y',
  '-a',
  'a.',
];

const requestFields: readonly (readonly [string, readonly string[]])[] = [
  ['Cookie', ['a=1', 'SID=q.r1; b=2', 'SID=q.r7', 'x=y, z']],
  ['X-Forwarded-For', ['10.1.2.3', '10.1.2.3, 10.9.9.9', '']],
  ['x-forwarded-host', ['outer.test']],
  ['X-Forwarded-Server', ['edge']],
  ['X-Forwarded-Proto', ['https']],
  ['Forwarded', ['for=1.2.3.4']],
  ['Via', ['1.0 fred, 1.1 p.example', '1.1 x (y)']],
  ['Keep-Alive', ['timeout=5']],
  ['Proxy-Connection', ['keep-alive']],
  ['TE', ['trailers', 'gzip']],
  ['Trailer', ['X-T']],
  ['Upgrade', ['websocket', 'h2c']],
  ['Authorization', ['Basic YTpi']],
  ['Proxy-Authorization', ['Basic YTpi']],
  ['Accept', ['*/*', 'text/html', 'a;q=1, b']],
  ['accept', ['second']],
  ['X-Flag', ['on', 'on-more', 'off', 'direct']],
  ['User-Agent', ['curl/8', 'x']],
  ['X-Set', ['client']],
  ['X-Add', ['client']],
  ['X-App', ['one', 'uno']],
  ['X-Mer', ['zero', 'one', 'zero, one', '"a, one", b', 'ONE', 'a b']],
  ['X-Empty', ['', 'full']],
  ['X-Gone', ['g']],
  ['X-Ed', ['abc', 'bb', 'none', 'abcbd']],
  ['X-Ed2', ['abcb', 'bbb']],
  ['X-Echo-A', ['e1']],
  ['x-echo', ['e2']],
  ['Max-Forwards', ['0', '1', '10', '-1', 'x', '5 ', '07', '+3', '1.5', '99999999999999999999']],
  ['X-Utf', ['\xc3\xa9']],
  // No Range: httpd cuts ranges itself out of answers that it happens to hold completely.
  ['If-Range', ['"x"']],
  ['If-None-Match', ['"x"']],
  ['Date', ['Sun, 06 Nov 1994 08:49:37 GMT']],
  ['Proxy', ['x']],
];
/** None that `RequestHeader` gives: those stay, other than in httpd. */
const connections = [
  'close',
  'keep-alive',
  'Keep-Alive, X-Flag',
  'X-Gone,accept',
  'close, TE',
  'x-ed2; X-Utf',
  'If-Range, ,',
  'keep-alive, Upgrade',
];

function request(random: Random, server: number): { method: string; text: string } {
  const method = among(
    random,
    'GET GET GET GET HEAD POST PUT DELETE OPTIONS PATCH FOO get'.split(' '),
  );
  const version = random() < 0.9 ? '1.1' : '1.0';
  let text = `${method} ${target(random, server)} HTTP/${version}\r\n`;
  if (random() < 0.95)
    text += `Host: ${random() < 0.94 ? among(random, hosts) : among(random, oddHosts)}\r\n`;
  for (let n = Math.floor(random() * 7); n > 0; n--) {
    const [name, values] = among(random, requestFields);
    text += `${name}:${random() < 0.9 ? ' ' : among(random, ['', '  ', '\t'])}${among(random, values)}\r\n`;
    if (random() < 0.15)
      text += `${random() < 0.5 ? name : name.toUpperCase()}: ${among(random, values)}\r\n`;
  }
  if (random() < 0.3) text += `Connection: ${among(random, connections)}\r\n`;
  if (random() < 0.25) {
    const body = 'b'.repeat(Math.floor(random() ** 3 * 9000));
    const chunked = version === '1.1' && random() < 0.4;
    if (chunked) {
      const chunk = body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`;
      return { method, text: `${text}Transfer-Encoding: chunked\r\n\r\n${chunk}0\r\n\r\n` };
    }
    return { method, text: `${text}Content-Length: ${body.length}\r\n\r\n${body}` };
  }
  return { method, text: `${text}\r\n` };
}

const responseFields = (backend: string): readonly (readonly [string, readonly string[]])[] => [
  [
    'Location',
    [
      `http://${backend}/app/deep/x`,
      `http://${backend}/app/x`,
      `http://${backend}/w~x/y`,
      `http://${backend}`,
      `HTTP://${backend}/One/one/two`,
      `http://${backend}/one/two`,
      '/internal/x',
      'http://else.test/internal/x',
      'http://else.test',
      'relative',
      '/app/x',
      '',
      `http://${backend}x`,
      `http://${backend}/app/loc/z`,
      `//${backend}/x`,
    ],
  ],
  ['Content-Location', [`http://${backend}/x`, '/internalx']],
  ['URI', [`http://${backend}/x`]],
  ['Destination', [`http://${backend}/app/deep`]],
  ['Refresh', [`0; url=http://${backend}/x`]],
  ['Link', [`<http://${backend}/x>`]],
  [
    'Set-Cookie',
    [
      'a=1; path=/app/x',
      'a=1; Path=/app; secure',
      'a=1;path=/a;domain=inner.test',
      'a=1; domain=INNER.test.more; path=/nothing',
      'a=1; path="/app"',
      'a=1; path = /app',
      'a=1; path=/x; path=/app',
      'a=1; path=/app; path=/x',
      'path=/app',
      'a=1; domain=.inner.test',
      '',
    ],
  ],
  ['set-cookie', ['b=2; path=/app']],
  ['Vary', ['a', 'a, b', 'b,  A', '*', '']],
  ['Cache-Control', ['x', 'y']],
  [
    'Date',
    [
      'Sun, 06 Nov 1994 08:49:37 GMT',
      'Sunday, 06-Nov-94 08:49:37 GMT',
      'Sun Nov  6 08:49:37 1994',
      'Sun, 6 Nov 1994 08:49:37 GMT',
      'nonsense',
      'Sun, 32 Nov 1994 08:49:37 GMT',
      'Mon, 31 Feb 2020 08:49:37 GMT',
      'Sun, 06 Nov 1994 08:49:37',
      'Sun, 06 Nov 1994 8:49:37 GMT',
    ],
  ],
  [
    'Expires',
    [
      '0',
      '-1',
      'Sunday, 06-Nov-34 08:49:37 GMT',
      'Sun Nov 16 08:49:37 1994',
      'Sun, 06 Nov 1994 24:49:37 GMT',
    ],
  ],
  [
    'Last-Modified',
    [
      'Sun, 06-Nov-1994 08:49:37 GMT',
      'Sun, 06 Nov 1994 08:49:37 EST',
      'Sun Nov  6 08:49:37 1994 GMT',
    ],
  ],
  ['Server', ['backend/1']],
  ['Via', ['1.1 inner']],
  ['Keep-Alive', ['x']],
  ['Proxy-Authenticate', ['Basic']],
  ['Proxy-Connection', ['x']],
  ['TE', ['x']],
  ['Trailer', ['X-T']],
  ['Upgrade', ['h2c']],
  ['Connection', ['keep-alive', 'X-Hop', 'Keep-Alive, X-Gone', 'x-hop, X-Dup']],
  ['X-Hop', ['h']],
  ['X-Dup', ['1', '2']],
  ['x-dup', ['3']],
  ['X-Set', ['back']],
  ['X-App', ['one', 'uno']],
  ['X-Mer', ['zero', 'zero, one', 'one']],
  ['X-Empty', ['', 'full']],
  ['X-Gone', ['g']],
  ['X-Ed', ['abc', 'bb', 'none', 'abcbd']],
  ['X-Always', ['back']],
  ['Content-Type', ['text/html', 'text/html; charset=utf-8', 'x']],
  ['Content-Language', ['en']],
  ['Content-Encoding', ['gzip']],
  ['ETag', ['"x"']],
  ['Allow', ['GET']],
  [
    'Warning',
    [
      '110 x "y" "Sun, 06 Nov 1994 08:49:37 GMT"',
      '110 x "y" "Sun, 06 Nov 1995 08:49:37 GMT"',
      '111 x "y"',
    ],
  ],
  ['WWW-Authenticate', ['Basic realm="x"']],
  ['X-Utf', ['\xc3\xa9']],
  ['X-Place', ['back']],
  ['Accept-Ranges', ['bytes']],
];

function answer(random: Random, backend: string, method: string): string {
  const status = among(
    random,
    [200, 200, 200, 200, 201, 204, 206, 301, 302, 304, 400, 401, 404, 416, 500, 503],
  );
  let text = `HTTP/1.1 ${status} Reason ${status}\r\n`;
  const fields = responseFields(backend);
  for (let n = Math.floor(random() * 7); n > 0; n--) {
    const [name, values] = among(random, fields);
    text += `${name}: ${among(random, values)}\r\n`;
    if (random() < 0.2) text += `${name}: ${among(random, values)}\r\n`;
  }
  const length = among(random, [0, 2, 10]);
  const bodiless = method === 'HEAD' || status === 204 || status === 304;
  if (status === 204 && random() < 0.5) return `${text}\r\n`;
  if (!bodiless && random() < 0.2)
    return `${text}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`;
  return `${text}Content-Length: ${status === 204 ? 0 : length}\r\n\r\n${bodiless ? '' : 'o'.repeat(length)}`;
}

export function drawn(random: Random, servers: number, backend: string): Drawn {
  const server = Math.floor(random() * servers);
  const { method, text } = request(random, server);
  return { server, method, request: text, answer: answer(random, backend, method) };
}
