/** The access log, line by line, beside httpd's of the same requests. */
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backend, balancer, RawClient, refusingPort, rig } from '../rig.ts';
import { hasHttpd, linesOf, logFolder, ours, type Start, sendAll, theirs } from './sides.ts';

const GET = (path: string, more = '') =>
  `GET ${path} HTTP/1.1\r\nHost: www.example.com:81\r\n${more}Connection: close\r\n\r\n`;

/** Fields that a log can have, where both sides must say the same. */
const items = [
  '%h %l %u "%r" %>s %s %<s %b %B',
  '%a %{c}a %A %m %U %q %H %v %V %p %{canonical}p %k %X %R ',
  '"%{Referer}i" "%{User-Agent}i" "%{x-many}i" "%{No-Such}i" "%{Host}i"',
  '"%{Content-Type}o" "%{X-One}o" "%{Set-Cookie}o" "%{X-Empty}o" "%{No-Such}o"',
  '"%{session}C" "%{SESSION}C" "%{b}C" "%{none}C" "%{empty}C"',
  '%{BALANCER_NAME}e %{BALANCER_WORKER_NAME}e %{BALANCER_WORKER_ROUTE}e %{BALANCER_SESSION_STICKY}e %{BALANCER_SESSION_ROUTE}e %{BALANCER_ROUTE_CHANGED}e',
  '"%{VAR}e" "%{SET}e" "%{NOTHING}e" %{note}n %{T}^ti %{T}^to',
  '%200s %!200s %404,503{User-Agent}i %!404,503{User-Agent}i %!{User-Agent}i',
  'tab\\there\\\\ \\q %% 100%% %{%Y-%m-%d %j}t %{end:%Y %%}t %I',
  '%{bogus}T %{bogus}p',
];

const requests = [
  GET('/plain'),
  GET('/a%20b/%22c%5C?q=%22x%22&y=a%0Ab', 'User-Agent: say "hi" \\ \t\xe4\r\nReferer: r\r\n'),
  GET('/many', 'X-Many: one\r\nX-Many: two\r\nX-Var: v"w\r\n'),
  GET('/cookies', 'Cookie: Session=a%20b; b=2;  c=3\r\nCookie: empty=; session=later\r\n'),
  GET('/sticky', 'Cookie: R=x.two\r\n'),
  GET('/sticky;r=x.one', 'Cookie: R=x.two\r\n'),
  GET('/sticky', 'Cookie: R=x.unknown\r\n'),
  `HEAD /head HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n\r\n`,
  `POST /post HTTP/1.1\r\nHost: www.example.com\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello`,
  `GET /old HTTP/1.0\r\n\r\n`,
  GET('/404'),
  GET('/304'),
  GET('/none/x'),
  GET('/down/x'),
  GET('http://other.example.com:82/absolute'),
  GET('/204'),
];
const kept = ['/kept', '/again'].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
const connections = [...requests.map((request) => [request]), [...kept, GET('/last')]];
const count = connections.flat().length;

async function configured(): Promise<string> {
  const answers = (name: string) =>
    backend(name, (message, response) => {
      message.resume();
      response.setHeader('Content-Type', 'text/plain; charset=utf-8');
      response.setHeader('X-One', 'a"b\\c');
      response.setHeader('X-Empty', '');
      response.setHeader('Set-Cookie', ['s=1; path=/', 't=2']);
      const status = /^\/([2-5]\d\d)/.exec(message.url ?? '')?.[1];
      if (status !== undefined) response.writeHead(Number(status));
      message.on('end', () => response.end(`I am ${name}`));
    });
  const [one, two] = [await answers('one'), await answers('two')];
  const members = [`${one.url} route=one`, `${two.url} route=two`];
  return `ServerName www.example.org
SetEnv SET it
SetEnvIf X-Var (.*) VAR=$1
SetEnvIf Request_URI ^/plain skip
${items.map((item, i) => `LogFormat "${item.replaceAll('"', '\\"')}" f${i}\nCustomLog LOGS/${i} f${i}`).join('\n')}
CustomLog LOGS/only "%U" env=skip
CustomLog LOGS/not "%U" env=!skip
LogFormat "%m %U"
TransferLog LOGS/transfer
<Proxy balancer://down>
  BalancerMember http://127.0.0.1:1 route=gone
</Proxy>
ProxyPass /none/ !
ProxyPass /down/ balancer://down/
${balancer(members, 'stickysession=R|r')}`;
}

async function logged(start: Start, lines: string): Promise<string[][]> {
  const { port, folder } = await start(lines);
  await sendAll(port, connections);
  const all = await Promise.all(items.map((_, i) => linesOf(join(folder, `${i}`), count)));
  const only = await linesOf(join(folder, 'only'), 1);
  const not = await linesOf(join(folder, 'not'), count - 1);
  return [...all, only, not, await linesOf(join(folder, 'transfer'), count)];
}

/** Pages of the proxy's own are other ones than httpd's. */
function withoutOwnSizes(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/(\/(?:none|down)\/x HTTP.*) \d+ \d+$/, '$1'));
}

describe.skipIf(!hasHttpd)('beside httpd (skipped without it: apt-get install apache2)', () => {
  test('every field says what httpd says', async () => {
    const lines = await configured();
    const expected = await logged(theirs, lines);
    const got = await logged(ours, lines);
    expect(got.map(withoutOwnSizes)).toEqual(expected.map(withoutOwnSizes));
  });

  test('what cannot be read as a request, or comes too slowly, is told of as far as it was read', async () => {
    const one = await backend('one', (_, response) => response.end('I am one'));
    const lines = `ServerName www.example.org
LimitRequestLine 80
CustomLog LOGS/x "%h %l \\"%r\\" %>s %m %U <%q> %H %k %X %R %v %V %p %{Cookie}i %{BALANCER_NAME}e"
ProxyPass / ${one.url}/
`;
    const fields = 'Host: www.example.com\r\nUser-Agent: x\r\n';
    const kept = `GET /kept HTTP/1.1\r\n${fields}\r\n`;
    const broken = [
      'GARBAGE\r\n\r\n',
      `G@T /a?b HTTP/1.1\r\n${fields}\r\n`,
      'GET /x HTTX/1.1\r\n\r\n',
      `GET /x?y HTTP/1.1\r\n${fields}Bad Header: x\r\n\r\n`,
      'GET /nohost?y HTTP/1.1\r\n\r\n',
      `POST /two HTTP/1.1\r\n${fields}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc`,
      `POST /long HTTP/1.1\r\n${fields}Content-Length: ${'9'.repeat(20)}\r\n\r\n`,
      'GET /say"hi"\\ HTTP/1.1\r\nHo st: a\r\n\r\n',
      `GET /${'a'.repeat(80)}?b HTTP/1.1\r\n${fields}\r\n`,
    ].map((request) => [request]);
    const slow = [['GET /no-end HT'], ['GET /half HTTP/1.1\r\nHost: www.example.com\r\nX']];
    const all = [...broken, [kept, 'GARBAGE\r\n\r\n'], ...slow];
    const reqtimeout = `LoadModule reqtimeout_module /usr/lib/apache2/modules/mod_reqtimeout.so
RequestReadTimeout header=1
`;
    const logs = async ({ port, folder }: { port: number; folder: string }) => {
      await sendAll(port, all);
      return linesOf(join(folder, 'x'), all.flat().length);
    };
    const expected = await logs(await theirs(reqtimeout + lines));
    const folder = logFolder();
    const { port } = await rig(lines.replaceAll('LOGS', folder), { headerSeconds: 1 });
    expect(await logs({ port, folder })).toEqual(expected);
  });

  test("virtual hosts have their own logs, else the main server's; GlobalLog is everybody's", async () => {
    const lines = `ServerName main.example.com
ProxyPass / !
LogFormat "main %V" one
CustomLog LOGS/main one
<VirtualHost *:*>
  ServerName plain.example.com
</VirtualHost>
<VirtualHost *:*>
  ServerName own.example.com
  LogFormat "own %V" one
  CustomLog LOGS/own one
  CustomLog LOGS/own "again %v"
  TransferLog LOGS/transfer
</VirtualHost>
`;
    const read = async (start: Start, global: string, files: Record<string, number>) => {
      const { port, folder } = await start(lines + global);
      const hosts = ['plain', 'own', 'other'].map((name) => `${name}.example.com`);
      await sendAll(
        port,
        hosts.map((host) => [`GET /x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`]),
      );
      const read = Object.entries(files).map(([name, n]) => linesOf(join(folder, name), n));
      const times = (text: string) => text.replace(/\[.*\]/, '').replace(/\d+$/, '');
      return (await Promise.all(read)).map((all) => all.map(times));
    };
    const plain = { main: 2, own: 2, transfer: 1 };
    const expected = await read(theirs, '', plain);
    expect(await read(ours, '', plain)).toEqual(expected);
    const global = 'GlobalLog LOGS/global "%V"\n';
    const files = { own: 2, transfer: 1, global: 3 };
    expect(await read(ours, global, files)).toEqual(await read(theirs, global, files));
  });
});

test('what httpd cannot be compared in: bytes out, durations, ports, a client that goes', async () => {
  const one = await backend('one');
  const never = await backend('never', () => {});
  const { port, folder } = await ours(`ProxyPass /never ${never.url}
CustomLog LOGS/x "%O %D %{us}T %{ms}T %T %{remote}p %{local}p %X %s %{pid}P %{sec}t"
${balancer([one.url])}`);
  const client = new RawClient(port).send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const remote = await new Promise((resolve) =>
    client.socket.once('connect', () => resolve(client.socket.localPort)),
  );
  const answer = await client.end();
  const [first] = await linesOf(join(folder, 'x'), 1);
  const [out, us, same, ms, seconds, ...others] = first!.split(' ');
  expect(Number(out)).toBe(answer.length);
  expect(same).toBe(us);
  expect([ms, seconds]).toEqual([1e3, 1e6].map((unit) => `${Math.trunc(Number(us) / unit)}`));
  const [sec] = others.splice(5);
  expect(others).toEqual([`${remote}`, `${port}`, '-', '200', `${process.pid}`]);
  expect(Math.abs(Number(sec) - Date.now() / 1000)).toBeLessThan(60);

  const gone = connect(port, '127.0.0.1').on('error', () => {});
  gone.write('GET /never HTTP/1.1\r\nHost: a\r\n\r\n');
  await expect.poll(() => never.seen, { timeout: 20_000 }).toBe(1);
  gone.destroy();
  expect((await linesOf(join(folder, 'x'), 2))[1]).toMatch(/ X - \d+ \d+$/);
});

test('a line without end is told of as far as a request may go', async () => {
  const { port, folder } = await ours(
    'LogFormat "%r" r\nCustomLog LOGS/x r\nCustomLog LOGS/j json',
  );
  await sendAll(port, [[`GET /${'a'.repeat(60_000)}`], [`${'\xff'.repeat(60_000)}\r\n\r\n`]]);
  const [first, second] = await linesOf(join(folder, 'x'), 2);
  expect(first).toBe(`GET /${'a'.repeat(8191 - 5)}`);
  expect(second!.length).toBe(8191 * '\\xff'.length);
  for (const line of await linesOf(join(folder, 'j'), 2)) {
    expect(JSON.parse(line)).toMatchObject({ method: null, target: null });
  }
});

test('JSON: one object a line, with what only the proxy knows', async () => {
  const one = await backend('one');
  const down = `http://127.0.0.1:${await refusingPort()}`;
  const { port, folder } = await ours(
    `CustomLog LOGS/x json\n${balancer([`${down} route=d`, `${one.url} route=a`], 'stickysession=S')}`,
  );
  const head = 'GET /\xe4?q HTTP/1.1\r\nHost: h\r\nUser-Agent: "u"\r\nCookie: S=x.d\r\n';
  const plain = head.replace('\xe4', 'a');
  await sendAll(port, [[`${plain}Connection: close\r\n\r\n`], [`GET /no HTTP/1.1\r\n\r\n`]]);
  const [first, second] = (await linesOf(join(folder, 'x'), 2)).map((line) => JSON.parse(line));
  expect(first).toMatchObject({
    client: '127.0.0.1',
    method: 'GET',
    target: '/a?q',
    protocol: 'HTTP/1.1',
    host: 'h',
    status: 200,
    complete: true,
    bodyBytes: 3,
    userAgent: '"u"',
    referer: null,
    balancer: 'balancer://c',
    worker: one.url,
    route: 'a',
    via: 'search',
    sessionRoute: 'd',
    routeChanged: true,
    tries: 2,
    failures: ['connectFailed'],
  });
  const { time, durationUs, pickUs, connectUs, firstByteUs } = first;
  expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(60_000);
  expect(connectUs).toBeLessThanOrEqual(firstByteUs);
  expect(pickUs + firstByteUs).toBeLessThanOrEqual(durationUs);
  expect(second).toMatchObject({ status: 400, host: null, balancer: null, via: null, tries: 0 });
  expect(Object.keys(second)).toEqual(Object.keys(first));
});
