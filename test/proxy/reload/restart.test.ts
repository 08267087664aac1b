/** What BalancerPersist keeps over a stop and a start: asked of ours and, where it is installed, of the real httpd. */
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startThreads } from '../../../dist/src/proxy/threads/supervisor.js';
import { stateFileIn } from '../../../src/config/defaults.ts';
import { loadHttpd } from '../../../src/config/httpd.ts';
import { startProxy } from '../../../src/proxy/proxy.ts';
import { stateOf } from '../manager/sides.ts';
import { ask, backend, onFreePorts } from '../rig.ts';
import { freePort, hasHttpd, startHttpd } from '../servers/httpd.ts';
import { shopWith } from './shop.ts';

if (!hasHttpd) console.warn('skipped: no httpd to compare restarts with');

interface Side {
  port: number;
  readonly said: string[];
  readonly folder: string;
  /** Ends in order, and starts again, perhaps with other lines. */
  restart(lines?: string): Promise<void>;
  stop(): Promise<void>;
}

type Start = (lines: string) => Promise<Side>;

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-restart-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function ours(threads: number): Start {
  return async (text) => {
    const folder = newFolder();
    const said: string[] = [];
    const file = join(folder, 'site.conf');
    const begin = async (lines: string) => {
      writeFileSync(file, `Listen 127.0.0.1:8\n${lines}`);
      const config = onFreePorts(loadHttpd(file));
      const log = (line: string) => void said.push(line);
      return threads === 1 ? startProxy(config, { log }) : startThreads(config, { log, threads });
    };
    let running = await begin(text);
    onTestFinished(() => running.close(0));
    const side = {
      port: running.addresses[0]!.port,
      said,
      folder,
      async restart(lines = text) {
        await running.close();
        running = await begin(lines);
        side.port = running.addresses[0]!.port;
      },
      stop: () => running.close(),
    };
    return side;
  };
}

const stateFileOf = ({ folder }: Side) => stateFileIn(folder, join(folder, 'site.conf'));

const theirs: Start = async (text) => {
  const folder = newFolder();
  const port = await freePort();
  const hcheck = 'LoadModule proxy_hcheck_module /usr/lib/apache2/modules/mod_proxy_hcheck.so\n';
  const begin = (lines: string) =>
    startHttpd(folder, `${hcheck}ServerName localhost\nListen 127.0.0.1:${port}\n${lines}`, port);
  let running = await begin(text);
  onTestFinished(() => running.stop());
  return {
    port,
    said: [],
    folder,
    async restart(lines = text) {
      await running.stop();
      running = await begin(lines);
    },
    stop: () => running.stop(),
  };
};

async function shop(urls: readonly string[], nonce = 'nonce=abc') {
  const members = urls.map((url, i) => `${url} route=n${i}`);
  return `BalancerPersist On\n${shopWith(members, `${nonce} growth=2 stickysession=SID`)}`;
}

const change = (side: Side, body: string) =>
  ask(side.port, '/balancer-manager', {
    method: 'POST',
    headers: { Referer: 'http://127.0.0.1/', 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `b=shop&nonce=abc&${body}`,
  });

const asked = async (side: Side, count: number, cookie = '') => {
  let bodies = '';
  for (let i = 0; i < count; i++)
    bodies += (await ask(side.port, '/', { headers: cookie ? { Cookie: cookie } : {} })).body;
  return bodies;
};

async function members() {
  const [a, b, c, d] = await Promise.all(['a', 'b', 'c', 'd'].map((name) => backend(name)));
  return { a: a!, b: b!, c: c!, d: d! };
}

const sides: readonly (readonly [string, Start])[] = [
  ['one thread', ours(1)],
  ['two threads', ours(2)],
];

test.each(sides)(
  'as httpd: counters, errors, and what a manager has changed: %s',
  async (_, start) => {
    const { a, b, c, d } = await members();
    const text = await shop([a.url, b.url, c.url]);
    const told = [];
    for (const one of hasHttpd ? [start, theirs] : [start]) {
      const side = await one(text);
      const bodies = [await asked(side, 4)];
      await change(side, `w=${a.url}&w_lf=3&w_ls=0&w_wr=first&w_rr=n1`);
      await change(side, `w=${b.url}&w_status_D=1&w_hf=4&w_hp=3`);
      await change(side, `b_wyes=1&b_nwrkr=${d.url}`);
      await change(side, `w=${d.url}&w_status_D=0&w_wr=late`);
      await change(side, 'b_tmo=5&b_max=1&b_sforce=1&b_ss=OTHER');
      bodies.push(await asked(side, 7));
      await c.down();
      bodies.push(await asked(side, 6));
      await c.up();
      const before = await stateOf(side.port);
      await side.restart();
      const after = await stateOf(side.port);
      bodies.push(await asked(side, 9), await asked(side, 2, 'OTHER=x.first'));
      await change(side, 'b_lbm=bybusyness');
      await side.restart();
      told.push({ bodies, before, after, end: await stateOf(side.port) });
    }
    const [mine, httpds] = told;
    if (httpds !== undefined) expect(mine).toEqual(httpds);
    expect(mine!.before).toContain('<httpd:name>');
    expect(mine!.end).toContain('<httpd:lbmethod>bybusyness</httpd:lbmethod>');
  },
);

test.each(sides)(
  'a nonce of its own stays, and members are known by their names: %s',
  async (_, start) => {
    const { a, b, c, d } = await members();
    const side = await start(await shop([a.url, b.url], ''));
    const nonce = async () =>
      /nonce=([\w-]{36})/.exec((await ask(side.port, '/balancer-manager')).body)?.[1];
    const first = await nonce();
    expect(first).toHaveLength(36);
    await asked(side, 5);
    await side.restart(await shop([c.url, b.url, d.url], ''));
    expect(await nonce()).toBe(first);
    const elected = [...(await stateOf(side.port)).matchAll(/<httpd:elected>(\d+)/g)];
    expect(elected.map(([, count]) => count)).toEqual(['0', '2', '0']);
    const file = stateFileOf(side);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  },
);

test('without BalancerPersist nothing is written or read', async () => {
  const { a, b } = await members();
  const text = (await shop([a.url, b.url])).replace('BalancerPersist On\n', '');
  const side = await ours(1)(text);
  await asked(side, 3);
  await side.restart();
  expect(await stateOf(side.port)).not.toContain('<httpd:elected>1');
  expect(existsSync(stateFileOf(side))).toBe(false);
});

test.each([
  ['another file', 'nothing of the kind\n'],
  ['another version', '{ "format": "fairlead/state@2", "balancers": [] }'],
  ['half a file', (text: string) => text.slice(0, text.length / 2)],
  ['a number that is none', (text: string) => text.replace(/"lbfactor": \d+/, '"lbfactor": "x"')],
  ['a factor out of range', (text: string) => text.replace(/"lbfactor": \d+/, '"lbfactor": 5')],
  [
    'an added member without a URL',
    (text: string) =>
      text
        .replace(/"added": false/, '"added": true')
        .replace(/"name": "http:[^"]*"/, '"name": "x"'),
  ],
])('%s is told of and put aside', async (_, becomes) => {
  const { a, b } = await members();
  const side = await ours(1)(await shop([a.url, b.url]));
  await asked(side, 3);
  await side.stop();
  const file = stateFileOf(side);
  const text = readFileSync(file, 'utf8');
  const wrong = typeof becomes === 'string' ? becomes : becomes(text);
  expect(wrong).not.toBe(text);
  writeFileSync(file, wrong);
  await side.restart();
  expect(side.said).toEqual([
    expect.stringMatching(
      /site\.conf\.[0-9a-f]{8}\.state is no fairlead\/state@1.*refused; balancers begin afresh/,
    ),
  ]);
  expect(readFileSync(`${file}.refused`, 'utf8')).toBe(wrong);
  expect(await stateOf(side.port)).not.toContain('<httpd:elected>1');
});

test('what was put aside before stays as it is', async () => {
  const { a, b } = await members();
  const side = await ours(1)(await shop([a.url, b.url]));
  const file = stateFileOf(side);
  for (const text of ['first', 'second', 'third']) {
    await side.stop();
    writeFileSync(file, text);
    await side.restart();
  }
  const asides = ['refused', 'refused.2', 'refused.3'].map((end) => `${file}.${end}`);
  expect(asides.map((aside) => readFileSync(aside, 'utf8'))).toEqual(['first', 'second', 'third']);
  expect(side.said.map((line) => /kept as (\S+);/.exec(line)?.[1])).toEqual(asides);
});

test('files of one name in two folders keep their state apart, in one folder', async () => {
  const { a, b } = await members();
  const run = newFolder();
  const text = `DefaultRuntimeDir ${run}\n${await shop([a.url, b.url])}`;
  const [one, two] = [await ours(1)(text), await ours(1)(text)];
  await asked(one, 3);
  await asked(two, 1);
  for (const side of [one, two]) await side.restart();
  const elected = async (side: Side) =>
    [...(await stateOf(side.port)).matchAll(/<httpd:elected>(\d+)/g)].map(([, count]) => count);
  expect([await elected(one), await elected(two)]).toEqual([
    ['2', '1'],
    ['1', '0'],
  ]);
  expect([...one.said, ...two.said]).toEqual([]);
});

test('state that an earlier version has kept is taken over, and told of', async () => {
  const { a, b } = await members();
  const side = await ours(1)(await shop([a.url, b.url]));
  await asked(side, 3);
  await side.stop();
  const old = join(side.folder, 'site.conf.state');
  renameSync(stateFileOf(side), old);
  await side.restart();
  expect(await stateOf(side.port)).toContain('<httpd:elected>2');
  expect(side.said).toEqual([expect.stringContaining(`state is taken from ${old}, which may go`)]);
  await side.restart();
  expect(side.said).toHaveLength(1);
});

test('DefaultRuntimeDir says where; a folder that is not there is told of at both ends', async () => {
  const { a, b } = await members();
  const side = await ours(1)(`DefaultRuntimeDir run\n${await shop([a.url, b.url])}`);
  expect(side.said).toEqual([
    expect.stringMatching(/\/run cannot be written to; no state is kept/),
  ]);
  await side.stop();
  expect(side.said.slice(1)).toEqual([
    expect.stringMatching(/run\/site\.conf\.\w{8}\.state cannot be written \(ENOENT\); the next/),
  ]);
});

test('balancers of one name in two virtual hosts each go on as themselves, as in httpd', async () => {
  const { a, b } = await members();
  const site = (name: string, url: string) => `<VirtualHost *:*>
  ServerName ${name}
  BalancerPersist On
${shopWith([url], `nonce=${name} stickysession=${name}`)}</VirtualHost>
`;
  const text = site('one', a.url) + site('two', b.url);
  for (const start of hasHttpd ? [ours(1), theirs] : [ours(1)]) {
    const side = await start(text);
    const told = async (host: string) => {
      const headers = { Host: host, Referer: `http://${host}/` };
      const { body } = await ask(side.port, '/balancer-manager?xml=1', { headers });
      return [...body.matchAll(/<httpd:(?:nonce|stickysession|elected)>([^<]*)/g)].map(
        ([, s]) => s,
      );
    };
    for (const count of [1, 2, 3]) await ask(side.port, `/${count}`, { headers: { Host: 'one' } });
    await ask(side.port, '/', { headers: { Host: 'two' } });
    await side.restart();
    expect([await told('one'), await told('two')]).toEqual([
      ['one', 'one', '3'],
      ['two', 'two', '1'],
    ]);
  }
});

test('a retry that was written anew counts', async () => {
  const { a, b } = await members();
  const text = await shop([a.url, b.url]);
  const side = await ours(1)(text.replace('route=n0', 'route=n0 retry=600'));
  await a.down();
  await asked(side, 2);
  await a.up();
  await side.restart(text.replace('route=n0', 'route=n0 retry=0'));
  expect(await asked(side, 2)).toContain('a');
});

test.each(sides)(
  'checks that the file no longer asks for go on, as in httpd: %s',
  async (_, start) => {
    const { a, b } = await members();
    const with_ = (parameters: string) =>
      `BalancerPersist On\n${shopWith([`${a.url} ${parameters}`, b.url], 'nonce=abc')}`;
    for (const one of hasHttpd ? [start, theirs] : [start]) {
      const seen: string[] = [];
      a.handler = (message, response) => {
        seen.push(`${message.method}`);
        response.end('a');
      };
      const side = await one(with_('hcmethod=OPTIONS hcinterval=200ms'));
      await expect.poll(() => seen).toContain('OPTIONS');
      await side.restart(with_(''));
      seen.length = 0;
      await expect.poll(() => seen, { timeout: 5000 }).toContain('OPTIONS');
      const told = `balancer://shop: ${a.url} has hcmethod=OPTIONS as it was kept, not NONE as it is written`;
      if (one === start) expect(side.said).toEqual([expect.stringContaining(told)]);
      await side.stop();
    }
  },
);
