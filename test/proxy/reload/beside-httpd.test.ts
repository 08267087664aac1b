/**
 * What httpd keeps over a graceful restart, asked of httpd itself: the same lines, requests and manager forms on both
 * sides, another configuration, and the manager's XML again. Skipped without httpd.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { stateOf } from '../manager/sides.ts';
import { ask, backend, configuration, onFreePorts, refusingPort, rig } from '../rig.ts';
import { freePort, hasHttpd, startHttpd } from '../servers/httpd.ts';
import { shopWith } from './shop.ts';

if (!hasHttpd) console.warn('skipped: no httpd to compare reloads with');

interface Side {
  readonly port: number;
  reload(lines: string): Promise<void>;
}

async function ours(lines: string): Promise<Side> {
  const { port, proxy } = await rig(lines);
  return {
    port,
    reload: (next) => proxy.reload(onFreePorts(configuration(next))),
  };
}

async function theirs(lines: string): Promise<Side> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-reload-'));
  const port = await freePort();
  const hcheck = 'LoadModule proxy_hcheck_module /usr/lib/apache2/modules/mod_proxy_hcheck.so\n';
  const head = `${hcheck}ServerName localhost\nListen 127.0.0.1:${port}\n`;
  const running = await startHttpd(folder, head + lines, port);
  onTestFinished(async () => {
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const starts = () => read('error.log').split('resuming normal operations').length;
  return {
    port,
    reload: async (next) => {
      const file = join(folder, 'httpd.conf');
      const before = read('httpd.conf');
      writeFileSync(file, before.slice(0, before.indexOf(head)) + head + next);
      const count = starts();
      process.kill(Number(read('httpd.pid')), 'SIGUSR1');
      await vi.waitUntil(() => starts() > count, { timeout: 20_000, interval: 20 });
    },
  };
}

/** `a` to `c` serve; `x` refuses. */
async function urls() {
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => backend(name)));
  return { a: a!.url, b: b!.url, c: c!.url, x: `http://127.0.0.1:${await refusingPort()}` };
}

type Urls = Awaited<ReturnType<typeof urls>>;

const lines = (persist: string, members: readonly string[], set: string) =>
  `BalancerPersist ${persist}\n${shopWith(members, `nonce=abc ${set}`)}`;

interface Case {
  readonly name: string;
  readonly persist?: string;
  readonly before: (u: Urls) => readonly string[];
  readonly after: (u: Urls) => readonly string[];
  readonly set?: string;
  readonly setAfter?: string;
  /** Forms of the manager between the first requests and the restart, without `b` and `nonce`. */
  readonly forms?: (u: Urls) => readonly string[];
}

const two = ({ a, b }: Urls) => [`${a} route=a`, `${b} route=b`];

const cases: readonly Case[] = [
  {
    name: 'Off: nothing',
    persist: 'Off',
    before: two,
    after: two,
    forms: ({ a }) => [`w=${a}&w_lf=3`],
  },
  { name: 'counters and lbstatus', before: two, after: two },
  {
    name: 'an error, with its time and retries',
    before: ({ a, x }) => [a, x],
    after: ({ a, x }) => [a, x],
  },
  {
    name: "a manager's changes of a member",
    before: two,
    after: two,
    forms: ({ a }) => [`w=${a}&w_lf=3&w_ls=2&w_wr=z&w_status_N=1&w_status_I=1`],
  },
  {
    name: "a manager's changes of the balancer",
    before: two,
    after: two,
    set: 'stickysession=S',
    forms: () => ['b_lbm=bytraffic&b_tmo=7&b_ss=FOO&b_sforce=1&b_max=5'],
  },
  {
    name: 'what was written before rather than what is written now, for members that stay',
    before: ({ a, b }) => [`${a} route=a retry=7`, `${b} loadfactor=2`],
    after: ({ a, b }) => [`${a} route=z loadfactor=5 lbset=2`, `${b} status=+D retry=9 timeout=5`],
  },
  {
    name: 'and for the balancer',
    before: two,
    after: two,
    set: 'stickysession=S timeout=1',
    setAfter: 'stickysession=T timeout=2 lbmethod=bybusyness maxattempts=3 nofailover=On',
  },
  {
    name: 'the order is that of now; who is new starts as written',
    before: two,
    after: ({ a, b, c }) => [`${b} route=b`, `${a} route=a`, `${c} loadfactor=2`],
  },
  {
    name: 'a member that a manager added, behind those of the file; a reset that waited happens',
    before: two,
    after: two,
    set: 'growth=2',
    setAfter: 'growth=2',
    forms: ({ c }) => [`b_wyes=1&b_nwrkr=${c}`, `w=${c}&w_status_D=0&w_lf=4`],
  },
  {
    name: 'one that is written now, where it is written',
    before: ({ a, b }) => [a, b],
    after: ({ a, b, c }) => [a, c, b],
    set: 'growth=2',
    setAfter: 'growth=1',
    forms: ({ c }) => [`b_wyes=1&b_nwrkr=${c}`, `w=${c}&w_status_D=0&w_lf=4`],
  },
  {
    name: 'thresholds of health checks',
    before: ({ a, b }) => [`${a} hcmethod=GET hcinterval=600 hcfails=3`, b],
    after: ({ a, b }) => [`${a} hcmethod=HEAD hcinterval=700 hcfails=2`, b],
    forms: ({ a }) => [`w=${a}&w_hf=5&w_hp=4`],
  },
];

async function story(side: (lines: string) => Promise<Side>, one: Case, u: Urls) {
  const { persist = 'On', set = '', setAfter = set } = one;
  const { port, reload } = await side(lines(persist, one.before(u), set));
  const headers = {
    Referer: 'http://127.0.0.1/',
    'Content-Type': 'application/x-www-form-urlencoded',
  };
  for (let i = 0; i < 5; i++) await ask(port, '/');
  for (const form of one.forms?.(u) ?? []) {
    await ask(port, '/balancer-manager', {
      method: 'POST',
      headers,
      body: `b=shop&nonce=abc&${form}`,
    });
  }
  for (let i = 0; i < 3; i++) await ask(port, '/');
  const states = [await stateOf(port)];
  await reload(lines(persist, one.after(u), setAfter));
  states.push(await stateOf(port));
  const bodies = [];
  for (let i = 0; i < 6; i++) bodies.push((await ask(port, '/')).body);
  states.push(await stateOf(port));
  return { states, bodies };
}

describe.skipIf(!hasHttpd)('over a reload, as over a graceful restart of httpd', () => {
  test.each(cases)('$name', async (one) => {
    const u = await urls();
    const httpd = await story(theirs, one, u);
    const fairlead = await story(ours, one, u);
    expect(fairlead.states).toEqual(httpd.states);
    expect(fairlead.bodies).toEqual(httpd.bodies);
    expect(httpd.states[1]).not.toBe(''); // both sides must have said something
  });
});
