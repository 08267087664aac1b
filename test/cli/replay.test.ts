/** `fairlead replay` as a user runs it, on small logs of its own. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Result } from '../../sim/result.ts';
import { ended, fairlead, folder, program, stack } from './cli.ts';

/** A request every 10 ms for 4 s, each of 5 to 25 ms, by ten people behind one address. */
const timesUs = Array.from({ length: 400 }, (_, i) => 5000 + ((i * 7919) % 1000) * 20);
const exact = timesUs.map((us, i) => {
  const at = 1_431_857_101_000_000 + i * 10_000;
  const cookie = `id${(i * 7) % 10}.app${1 + (i % 2)}`;
  return `10.0.0.1 - - ${at} "GET /p${i % 5}?x HTTP/1.1" 200 ${i} ${us} "${cookie}"`;
});
const format = '%h %l %u %{usec}t "%r" %>s %b %D "%{JSESSIONID}C"';
/** The same in common format, which has neither. */
const common = timesUs.map((_, i) => {
  const at = `[17/May/2015:10:05:0${1 + Math.floor(i / 100)} +0000]`;
  return `10.0.0.${i % 50} - - ${at} "GET /p${i % 5} HTTP/1.1" 200 ${i}`;
});
const conf = `Listen 8080
LogFormat "${format.replaceAll('"', '\\"')}" exact
CustomLog logs/exact.log exact
<Proxy balancer://shop>
  BalancerMember http://app1:8080 route=app1 loadfactor=3 max=20
  BalancerMember http://app2:8080 route=app2 max=10
  ProxySet stickysession=JSESSIONID|jsessionid
</Proxy>
`;
const other = '<Proxy balancer://other>\n  BalancerMember http://app9:8080\n</Proxy>\n';
const scenario = `name: shop
run: { requests: 10, warmup: 3s, replications: 3 }
balancer: { lbmethod: bybusyness, workers: [ { name: a }, { name: b } ] }
backends: { app: { slots: 8, service: { exponential: 10ms } } }
clients: [ { name: robots, arrival: { poisson: 9/s } } ]
events: [ { at: 1s, worker: a, crash: 1h } ]
`;
const files = {
  'exact.log': `${exact.join('\n')}\n`,
  'common.log': `${common.join('\n')}\n`,
  'site.conf': conf,
  'two.conf': conf + other,
  'shop.yaml': scenario,
};

const replay = (cwd: string, ...args: string[]) =>
  fairlead(['replay', '--threads', '1', ...args], { cwd });

async function result(cwd: string, ...args: string[]): Promise<Result> {
  const { code, stdout, stderr } = await replay(cwd, ...args, '--json', '--quiet');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

const shares = ({ runs: [run] }: Result) =>
  Object.fromEntries(run!.workers.map(({ name, share }) => [name, share.mean]));

test('a log with service times, its format known from the httpd.conf', async () => {
  const cwd = folder(files);
  const study = await result(cwd, 'exact.log', '--config', 'site.conf', '--replications', '2');
  expect(study.scenario.name).toBe('exact.log through balancer://shop');
  expect(study.runs.map(({ lbmethod }) => lbmethod)).toEqual([
    'byrequests',
    'bytraffic',
    'bybusyness',
    'heartbeat',
  ]);
  const [run] = study.runs;
  // Nobody waits, so sojourn times are the log's own, cut to whole microseconds.
  const meanMs = timesUs.reduce((sum, us) => sum + us + 0.5, 0) / timesUs.length / 1000;
  expect(run!.metrics['sojourn.mean']!.mean).toBeCloseTo(meanMs, 9);
  expect(run!.metrics['sojourn.max']!.mean).toBeCloseTo(Math.max(...timesUs) / 1000, 2);
  expect(run!.simulated.requests).toBe(2 * 400);
  expect(run!.workers.map(({ route, targetShare }) => [route, targetShare])).toEqual([
    ['app1', 0.75],
    ['app2', 0.25],
  ]);
  expect(run!.notes).toEqual([
    expect.stringMatching(/^service times are %D of the log: .* upper bound/),
    expect.stringMatching(/^the log is the same in every replication: .* not how another day/),
  ]);
});

test('what was rebuilt is told, and why it is so', async () => {
  const { code, stdout, stderr } = await replay(
    folder(files),
    'exact.log',
    '--config',
    'site.conf',
    '--lbmethod',
    'byrequests',
  );
  expect(code).toBe(0);
  expect(stderr.split('\n').slice(0, 4)).toEqual([
    'exact.log: 400 requests in 4 s (100/s), read as the log of site.conf:3',
    'sessions: 10, by what the log says of sessions',
    'sizes: from the log; service times: %D of the log',
    'site.conf: slots 20, 10; offered load 5.02 %',
  ]);
  expect(stdout).toMatch(/^Notes\n - service times are %D of the log/m);
});

test('sessions by cookie stay together; without them all of an address do', async () => {
  const cwd = folder(files);
  const args = ['exact.log', '--config', 'site.conf', '--replications', '1'];
  const byCookie = await result(cwd, ...args, '--lbmethod', 'byrequests');
  expect(byCookie.runs[0]!.metrics['sessions.moved']!.mean).toBe(0);
  // Ten sessions in the ratio 3 to 1; the cookies' routes were another balancer's choice and do not count.
  expect(shares(byCookie)).toEqual({ app1: 0.8, app2: 0.2 });
  const byAddress = await result(cwd, ...args, '--lbmethod', 'byrequests', '--session', '%h');
  expect(shares(byAddress)).toEqual({ app1: 1, app2: 0 });
});

test('a path parameter of a log in common format tells sessions apart, too', async () => {
  const lines = common.map((line, i) =>
    line.replace(/^\S+/, '10.0.0.1').replace(' HTTP', `;jsessionid=id${i % 8}.app1 HTTP`),
  );
  const cwd = folder({ ...files, 'paths.log': lines.join('\n') });
  const args = ['paths.log', '--config', 'site.conf', '--service', '5ms', '--replications', '1'];
  const study = await result(cwd, ...args, '--lbmethod', 'byrequests');
  expect(shares(study)).toEqual({ app1: 0.75, app2: 0.25 });
});

test('neither the log nor an httpd.conf says how fast backends are: both are asked for at once', async () => {
  const none = conf.replaceAll(/ max=\d+/g, '');
  const cwd = folder({ ...files, 'none.conf': none });
  const { code, stdout, stderr } = await replay(cwd, 'common.log', '--config', 'none.conf');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe(
    `command line: --slots is missing: none.conf does not say how many requests a backend serves at once, as max= does (app1, app2: none); expected a whole number, such as --slots 16, or, where backends differ, a scenario with balancer: { httpd: none.conf } and backends as CONFIG.
command line: --service is missing: the format of the log does not say how long requests take, and none.conf has no backends that would; expected a time or a distribution, such as 20ms or '{ lognormal: { mean: 20ms, cv: 1.5 } }', or a log with %D and its --format.
`,
  );
  const given = ['--slots', '4', '--service', '{ uniform: [10ms, 30ms] }', '--lbmethod', 'first'];
  const study = await result(cwd, 'common.log', '--config', 'none.conf', ...given);
  expect(study.runs[0]!.metrics['sojourn.mean']!.mean).toBeCloseTo(20, 0);
});

test('whole seconds are no service times', async () => {
  const seconds = common.map((line) => `${line} 0`).join('\n');
  const cwd = folder({ ...files, 'seconds.log': seconds });
  const args = ['seconds.log', '--format', '%h %l %u %t "%r" %>s %b %T', '--quiet'];
  const { code, stderr } = await replay(cwd, ...args, '--config', 'site.conf');
  expect(code).toBe(2);
  expect(stderr).toMatch(/--service is missing: %T of the log, - or whole seconds in every line/);
  expect((await replay(cwd, ...args, '--config', 'shop.yaml')).code).toBe(0);
});

test("a scenario's backends, events and replications count; its clients and run times do not", async () => {
  const cwd = folder(files);
  const args = ['common.log', '--config', 'shop.yaml', '--lbmethod', 'byrequests,bybusyness'];
  const study = await result(cwd, ...args);
  expect(study.runs.map(({ lbmethod }) => lbmethod)).toEqual(['byrequests', 'bybusyness']);
  const [run] = study.runs;
  expect(run!.replications).toBe(3);
  expect(run!.simulated.requests).toBe(3 * 400);
  expect(run!.warmup).toMatchObject({ seconds: 0 });
  // One of two goes there for the first of four seconds.
  expect(shares(study)['a']).toBeGreaterThan(0.1);
  expect(shares(study)['a']).toBeLessThan(0.2);
});

test("with --service backends a slow request is slow there, too, by the backend's own distribution", async () => {
  const cwd = folder(files);
  const args = ['exact.log', '--format', format, '--config', 'shop.yaml', '--service', 'backends'];
  const study = await result(cwd, ...args, '--lbmethod', 'first');
  expect(study.runs[0]!.metrics['sojourn.p50']!.mean).toBeLessThan(9);
  expect(study.runs[0]!.notes.join()).not.toContain('%D');
});

test('the same numbers from a packed log, on any number of threads, from stdin', async () => {
  const cwd = folder(files);
  writeFileSync(join(cwd, 'exact.log.2.gz'), gzipSync(files['exact.log']));
  const args = ['--config', 'site.conf', '--seed', '7', '--lbmethod', 'p2c'];
  const plain = await result(cwd, 'exact.log', ...args, '--threads', '1');
  const packed = await result(cwd, 'exact.log.2.gz', ...args, '--threads', '3');
  expect(packed.runs).toEqual(plain.runs);
  expect(plain.scenario.seed).toBe('7');
  const more = ['replay', '-', ...args, '--format', format, '--json', '--quiet'];
  const child = spawn(process.execPath, [program, ...more], { cwd });
  child.stdin.end(files['exact.log']);
  const { code, stdout } = await ended(child);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).runs).toEqual(plain.runs);
});

test('--speed plays it faster; more than the backends can serve is refused', async () => {
  const cwd = folder(files);
  const args = ['exact.log', '--config', 'site.conf', '--lbmethod', 'byrequests'];
  const rate = async (...more: string[]) =>
    (await result(cwd, ...args, ...more)).runs[0]!.metrics['throughput']!.mean;
  expect((await rate('--speed', '2')) / (await rate())).toBeCloseTo(2, 1);
  const { code, stderr } = await replay(cwd, ...args, '--speed', '100', '--quiet');
  expect(code).toBe(4);
  expect(stderr).toMatch(/^site\.conf: clients offer 10030 requests\/s and .* --slots, .* --speed/);
});

test('lines that do not fit are shown, counted and left out', async () => {
  const lines = ['scan', ...common, 'a', 'b', 'c', '10.0.0.1 - - [x] "-" 408 -'];
  const bad = `${lines.join('\n')}\n${common[0]!.replace(/"GET .*"/, '"-"')}\n`;
  const cwd = folder({ ...files, 'bad.log': bad });
  const { code, stdout, stderr } = await replay(cwd, 'bad.log', '--config', 'shop.yaml');
  expect(code).toBe(0);
  expect(stderr).toContain('bad.log:1:1 this line does not fit; expected %h and " " here.');
  expect(stderr).toContain('bad.log:403:1 this line');
  expect(stderr).not.toContain('bad.log:404:1 this line');
  expect(stderr).toContain('warning: 5 of 406 lines of the log (1.2 %) do not fit its format');
  expect(stderr).toContain('400 requests in 4 s (100/s), and 1 line of no request');
  expect(stdout).toContain('5 of 406 lines of the log (1.2 %) do not fit');
});

test.each([
  ['empty.log', [], 'empty.log: the access log is empty; expected lines such as 1.2.3.4 - - ['],
  ['none.log', [], 'none.log: the access log cannot be read: there is no such file.'],
  ['cut.log.gz', [], 'cut.log.gz: the access log cannot be read: it is not a whole gzip file.'],
  ['.', [], '.: the access log cannot be read: it is a folder; expected a file.'],
  [
    'exact.log',
    ['--format', 'common'],
    'exact.log:1:14 not one of 400 lines fits; expected the format %h %l %u %t "%r" %>s %b. This one differs here, where %t was expected. Say with --format',
  ],
  ['never.log', [], 'never.log: the access log has 1 lines and none that was a request'],
  ['common.log', ['--format', 'apache'], 'command line: --format is apache; expected a LogFormat'],
  ['common.log', ['--format', '%h %b'], 'command line: the format of --format is %h %b: it does'],
  ['common.log', ['--session', '%h'], 'command line: --session goes with --format'],
  ['exact.log', ['--format', format, '--session', 'JSESSIONID'], 'command line: --session is JS'],
  ['exact.log', ['--service', 'fast'], '--service:1:10 service is "fast"; expected a duration'],
  ['common.log', ['--slots', '0'], "error: option '--slots <n>' argument '0' is invalid."],
  ['common.log', ['--balancer', 'shop'], 'command line: --balancer is shop, which is no balancer'],
])('%s %j: %s', async (log, args, message) => {
  const cwd = folder({
    ...files,
    'empty.log': '\n',
    'never.log': common[0]!.replace(/"GET .*"/, '"-"'),
    'cut.log.gz': gzipSync(files['common.log']).subarray(0, 200).toString('latin1'),
  });
  const { code, stdout, stderr } = await replay(cwd, log, '--config', 'shop.yaml', ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).not.toMatch(stack);
});

test.each([
  ['two.conf', 'two.conf has several balancers; expected --balancer with one of shop, other.'],
  ['nope.conf', 'nope.conf: the file cannot be read: there is no such file.'],
  ['nope.yaml', 'nope.yaml: the file cannot be read: there is no such file.'],
])('the configuration %s: %s', async (config, message) => {
  const { code, stderr } = await replay(folder(files), 'exact.log', '--config', config);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

test("a proxy's YAML with several balancers: one of them, with --slots", async () => {
  const yaml = `listen: [ { http: 127.0.0.1:0 } ]
log: { access: ./exact.log, format: '${format}' }
routes: [ { path: /other, balancer: other }, { path: /, balancer: shop } ]
balancers:
  other: { workers: [ { url: "http://10.0.0.9:80" } ] }
  shop: { lbmethod: bybusyness, workers: [ { url: "http://10.0.0.1:80", route: a }, { url: "http://10.0.0.2:80", route: b } ] }
`;
  const cwd = folder({ ...files, 'proxy.yaml': yaml });
  const args = ['exact.log', '--config', 'proxy.yaml', '--slots', '8'];
  const { code, stderr } = await replay(cwd, ...args);
  expect(code).toBe(2);
  expect(stderr).toContain('expected --balancer with one of other, shop');
  const study = await result(cwd, ...args, '--balancer', 'shop', '--lbmethod', 'byrequests');
  expect(study.runs.map(({ lbmethod }) => lbmethod)).toEqual(['bybusyness', 'byrequests']);
  expect(Object.keys(shares(study))).toEqual(['a', 'b']);
});

test('a report, as compare writes it', async () => {
  const cwd = folder(files);
  const { code } = await replay(cwd, 'exact.log', '--config', 'site.conf', '--out', 'report');
  expect(code).toBe(0);
  const page = readFileSync(join(cwd, 'report/index.html'), 'utf8');
  expect(page).toContain('The requests of the access log exact.log as they came');
  expect(page).toContain('upper bound');
});

const real = fileURLToPath(new URL('../../../shared/data/access-2015.log.gz', import.meta.url));
test('a real log of 10 000 requests through the balancer of an httpd.conf', async (context) => {
  if (!existsSync(real)) context.skip('the real access log is not on this machine');
  const args = [
    '--config',
    'site.conf',
    '--service',
    '{ exponential: 20ms }',
    '--replications',
    '1',
  ];
  const { code, stdout, stderr } = await replay(folder(files), real, ...args, '--speed', '1000');
  expect(code).toBe(0);
  expect(stderr).toContain('10,000 requests in 5 min (33.5/s), read as common or combined format');
  expect(stderr).toContain('sessions: 1,753, by address');
  expect(stdout).toContain('40,000 requests simulated');
});
