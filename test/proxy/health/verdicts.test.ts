/** Which answers pass: heads, bodies and statuses, and expressions over them, both as httpd judges them. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { compared, everybody, page, side, type Who } from './sides.ts';

/** Members of one backend, told apart by their paths. */
interface Case {
  readonly parameters: string;
  /** Bytes, after which the connection ends; null: it breaks at once. */
  readonly answer: string | null;
  /** It does not end. */
  readonly stays?: boolean;
}

/** Checks every case at least once; true: it passed. */
async function judged(who: Who, cases: readonly Case[], before = ''): Promise<readonly boolean[]> {
  const seen = cases.map(() => 0);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.once('data', (bytes) => {
      const at = Number(/\/c(\d{4})/.exec(bytes.toString('latin1'))![1]);
      seen[at]!++;
      const { answer, stays } = cases[at]!;
      if (answer === null) socket.destroy();
      else if (stays) socket.write(answer, 'latin1');
      else socket.end(answer, 'latin1');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const name = (i: number) => `http://127.0.0.1:${port}/c${String(i).padStart(4, '0')}`;
  const lines = cases.map(
    ({ parameters }, i) => `BalancerMember ${name(i)} hcmethod=GET hcinterval=500ms ${parameters}`,
  );
  const { members } = await side(who, lines, before);
  // With the second check, the verdict of the first has been counted.
  await vi.waitUntil(() => seen.every((count) => count > 1), { timeout: 50_000, interval: 50 });
  const states = await members();
  return cases.map((_, i) => states.get(name(i))!.status === 'Init Ok');
}

const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const ok = head('HTTP/1.1 200 OK', 'Content-Length: 2');

/** `answer`, whether it passes, and whether only we refuse it. */
const heads: readonly (readonly [
  what: string,
  answer: string | null,
  passes: boolean,
  unlike?: 'stricter',
])[] = [
  ['199', head('HTTP/1.1 199 X'), false],
  ['200', page(200), true],
  ['204', head('HTTP/1.1 204 X'), true],
  ['299', page(299), true],
  ['304', head('HTTP/1.1 304 X'), true],
  ['399', page(399), true],
  ['400', page(400), false],
  ['404', page(404), false],
  ['500', page(500), false],
  ['503', page(503), false],
  ['a 100 in front', `${head('HTTP/1.1 100 Continue')}${ok}ok`, false],
  ['a 103 in front', `${head('HTTP/1.1 103 Early')}${ok}ok`, false],
  ['101', head('HTTP/1.1 101 X', 'Upgrade: x', 'Connection: upgrade'), false],
  ['no answer', null, false],
  ['nothing before the end', '', false],
  ['half a head', 'HTTP/1.1 200 OK\r\nContent-Le', true, 'stricter'],
  ['no HTTP', 'hello\r\n\r\n', false],
  ['an empty line first', `\r\n${ok}ok`, false],
  ['HTTP/2.0', head('HTTP/2.0 200 OK'), false],
  ['HTTP/1.0', head('HTTP/1.0 200 OK'), true],
  ['without reason', head('HTTP/1.1 200'), true],
  ['four digits', head('HTTP/1.1 2000 OK'), true, 'stricter'],
  ['a line without colon', head('HTTP/1.1 200 OK', 'Nothing'), false],
  ['bare line feeds', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok', true, 'stricter'],
  ['a folded line', head('HTTP/1.1 200 OK', 'A: b', ' c', 'Content-Length: 0'), true, 'stricter'],
  [
    'two lengths',
    `${head('HTTP/1.1 200 OK', 'Content-Length: 2', 'Content-Length: 3')}ok`,
    true,
    'stricter',
  ],
  [
    'a length and chunks',
    `${head('HTTP/1.1 200 OK', 'Content-Length: 2', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    true,
    'stricter',
  ],
  ['a bad length', `${head('HTTP/1.1 200 OK', 'Content-Length: x')}ok`, false],
  ['until the end', `${head('HTTP/1.1 200 OK')}ok`, true],
  ['too short', `${head('HTTP/1.1 200 OK', 'Content-Length: 3')}ok`, false],
  ['longer than announced', `${head('HTTP/1.1 200 OK', 'Content-Length: 1')}ok`, true],
  ['chunks', `${head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}2\r\nok\r\n0\r\n\r\n`, true],
  [
    'chunks that end early',
    `${head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}2\r\nok\r\n`,
    false,
  ],
  ['bad chunks', `${head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}zz\r\n`, false],
  ['an empty body', head('HTTP/1.1 200 OK', 'Content-Length: 0'), true],
];

test.each(everybody)(`answers to GET, ${compared}: %s`, async (who) => {
  const passed = await judged(
    who,
    heads.map(([, answer]) => ({ parameters: '', answer })),
  );
  const told = heads.map(([what], i) => `${what}: ${passed[i]}`);
  const wanted = heads.map(
    ([what, , passes, unlike]) =>
      `${what}: ${passes && !(unlike === 'stricter' && who === 'ours')}`,
  );
  expect(told).toEqual(wanted);
});

test.each(everybody)(
  `what comes too late, and bodies that nobody reads, ${compared}: %s`,
  async (who) => {
    const cases: readonly (readonly [Case, boolean])[] = [
      [{ parameters: 'timeout=1', answer: '', stays: true }, false],
      [{ parameters: 'timeout=1', answer: 'HTTP/1.1 200 OK\r\n', stays: true }, false],
      [
        {
          parameters: 'timeout=1',
          answer: head('HTTP/1.1 200 OK', 'Content-Length: 3'),
          stays: true,
        },
        false,
      ],
      [
        {
          parameters: 'hcmethod=HEAD timeout=1',
          answer: head('HTTP/1.1 200 OK', 'Content-Length: 3'),
          stays: true,
        },
        true,
      ],
      [{ parameters: 'hcmethod=HEAD', answer: head('HTTP/1.1 500 X', 'Content-Length: 3') }, false],
      [{ parameters: 'timeout=1', answer: `${ok}ok`, stays: true }, true],
    ];
    const passed = await judged(
      who,
      cases.map(([one]) => one),
    );
    expect(passed).toEqual(cases.map(([, passes]) => passes));
  },
);

const answers: Readonly<Record<string, string>> = {
  plain: page(200, 'All is well.', 'X-State: up\r\nContent-Type: text/plain; charset=utf-8\r\n'),
  maintenance: page(200, 'Under maintenance\nuntil 5', 'X-State: down\r\nX-State: up\r\n'),
  empty: page(204),
  moved: page(302, 'See there', 'Location: /there\r\nX-Load: 75\r\n'),
  missing: page(404, 'Caf\u00c3\u00a9 not found', 'X-State: UP\r\nX-Load: 9\r\n'),
  broken: page(503, 'a\0b', 'X-State: \r\nX-Load: -3x\r\n'),
};

/** In the order of `answers`: + passes. */
const expressions: readonly (readonly [expression: string, passes: string])[] = [
  ['true', '++++++'],
  ['false', '------'],
  ['%{REQUEST_STATUS} =~ /^[234]/', '+++++-'],
  ['%{REQUEST_STATUS} -eq 200', '++----'],
  ['%{REQUEST_STATUS} -ne 200', '--++++'],
  ['%{REQUEST_STATUS} -lt 300 || %{REQUEST_STATUS} -ge 500', '+++--+'],
  ['%{REQUEST_STATUS} -gt 204 && %{REQUEST_STATUS} -le 404', '---++-'],
  ["%{REQUEST_STATUS} == '404'", '----+-'],
  ["%{REQUEST_STATUS} != '404'", '++++-+'],
  ["%{REQUEST_STATUS} > '30'", '---+++'],
  ["%{REQUEST_STATUS} <= '2040'", '+++---'],
  ['%{REQUEST_STATUS} -in {200, 302}', '++-+--'],
  ["!(%{REQUEST_STATUS} -in {'200', '302'})", '--+-++'],
  ["hc('body') !~ /Under maintenance/", '+-++++'],
  ['%{HC_BODY} =~ /UNDER/i', '-+----'],
  ['%{hc:BODY} =~ m#maintenance.until#', '-+----'],
  ['%{HC_BODY} =~ /^until/', '------'],
  ['%{HC_BODY} =~ /maintenance$/', '------'],
  ["-z hc('body')", '--+---'],
  ['-n %{HC_BODY} && not %{HC_BODY} =~ /a.b/', '++-+++'],
  ["%{HC_BODY} == 'a'", '-----+'],
  ['%{HC_BODY} =~ /Caf\\xc3\\xa9/', '----+-'],
  ['%{HC_BODY} =~ /Caf. /', '------'],
  ['%{HC_BODY} =~ /Café/', '----+-'],
  ["%{resp:X-State} == 'up'", '+-----'],
  ["resp('x-state') == 'down'", '-+----'],
  ["tolower(resp('X-State')) == 'up'", '+---+-'],
  ["toupper('%{resp:X-State}') == 'UP'", '+---+-'],
  ["resp('X-Load') -gt 50", '---+--'],
  ["resp('X-Load') -lt 0", '-----+'],
  ["resp('X-Load') -eq 0", '+++---'],
  ["-n resp('Location')", '---+--'],
  ["-T resp('X-State')", '++--+-'],
  ["'%{REQUEST_STATUS} %{resp:X-Load}' == '302 75'", '---+--'],
  ["%{REQUEST_STATUS} . '-' . resp('X-Load') == '404-9'", '----+-'],
  ['%{CONTENT_TYPE} =~ m|^text/plain|', '+-----'],
  ["%{REQUEST_METHOD} == 'GET'", '++++++'],
  ["resp('X-State') == 'up' || hc('body') =~ /found/ && false", '+-----'],
  ["(resp('X-State') == 'up' || hc('body') =~ /found/) && false", '------'],
  ["resp(resp('X-None')) == ''", '++++++'],
];

test.each(everybody)(`expressions, ${compared}: %s`, async (who) => {
  const before = expressions.map(([text], i) => `ProxyHCExpr e${i} {${text}}`).join('\n');
  const cases = expressions.flatMap((_, i) =>
    Object.values(answers).map((answer) => ({ parameters: `hcexpr=e${i} hcinterval=1`, answer })),
  );
  const passed = await judged(who, cases, before);
  const many = Object.keys(answers).length;
  const told = expressions.map(([text], i) => {
    const mine = passed.slice(i * many, (i + 1) * many);
    return `${text}: ${mine.map((one) => (one ? '+' : '-')).join('')}`;
  });
  expect(told).toEqual(expressions.map(([text, passes]) => `${text}: ${passes}`));
});
