import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Decision } from '../../sim/explain.ts';
import { fairlead, folder, small } from './cli.ts';

const files = { 'small.yaml': small };

async function decisions(...args: string[]): Promise<Decision[]> {
  const run = await fairlead(['explain', 'small.yaml', '--json', ...args], { cwd: folder(files) });
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
  const document = JSON.parse(run.stdout);
  expect(document).toMatchObject({ format: 'fairlead/explain@1', lbmethod: 'byrequests' });
  return document.decisions;
}

test('ten requests from the first, unless said otherwise', async () => {
  expect((await decisions()).map(({ request }) => request)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ]);
});

test('the schedule of load factors 2, 1, 1 is that of smooth weighted round robin', async () => {
  const elected = (await decisions('--count', '8')).map((one) => one.elected);
  expect(elected).toEqual(['a', 'b', 'c', 'a', 'a', 'b', 'c', 'a']);
});

test('--request explains one, with scores before and after', async () => {
  const [one, ...more] = await decisions('--request', '2');
  expect(more).toEqual([]);
  expect(one).toMatchObject({ request: 2, attempt: 1, elected: 'b' });
  expect(one?.workers.map(({ lbstatus }) => lbstatus)).toEqual([
    [-200, 0],
    [100, -200],
    [100, 200],
  ]);
});

test('--at shows a request that comes after it, though older ones are still being settled', async () => {
  const crashed = fileURLToPath(new URL('../../scenarios/node-loss.yaml', import.meta.url));
  const { code, stdout } = await fairlead(
    ['explain', crashed, '--at', '60s', '--count', '1', '--json'],
    { cwd: folder({}) },
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout).decisions[0].at).toBeGreaterThanOrEqual(60);
});

test('--at begins with the first request from that time on', async () => {
  const all = await decisions('--count', '40');
  const first = all.find(({ at }) => at >= 0.2);
  const found = await decisions('--at', '200ms', '--count', '3');
  expect(found.map(({ request }) => request)).toEqual([0, 1, 2].map((i) => first!.request + i));
});

test('the table names the worker and the rule', async () => {
  const args = ['explain', 'small.yaml', '--request', '1'];
  const { stdout } = await fairlead(args, { cwd: folder(files) });
  expect(stdout).toMatch(/^request 1 at 0\.\d{6} s$/m);
  expect(stdout).toMatch(/^ -> a {2}by byrequests: /m);
});

test('--lbmethod and --seed change the answer', async () => {
  const [[own], [other]] = [
    await decisions('--request', '1'),
    await decisions('--request', '1', '--seed', '2'),
  ];
  expect(other?.at).not.toBe(own?.at);
  const { stdout } = await fairlead(['explain', 'small.yaml', '--lbmethod', 'random', '--json'], {
    cwd: folder(files),
  });
  expect(JSON.parse(stdout).lbmethod).toBe('random');
});

test('a request after the end is no data: exit 4', async () => {
  const { code, stderr } = await fairlead(['explain', 'small.yaml', '--request', '100000'], {
    cwd: folder(files),
  });
  expect(code).toBe(4);
  expect(stderr).toContain('the run ended before that request arrived');
});

const conf = `<Proxy balancer://one>
BalancerMember http://127.0.0.1:1 route=x loadfactor=2
BalancerMember http://127.0.0.1:2 route=y
</Proxy>
<Proxy balancer://two>
BalancerMember http://127.0.0.1:3 route=z
</Proxy>
<Proxy balancer://empty>
</Proxy>
`;

test('an httpd.conf is explained request by request, by a balancer of its choice', async () => {
  const cwd = folder({ 'site.conf': conf });
  const args = ['explain', 'site.conf', '--balancer', 'One', '--count', '4', '--json'];
  const { code, stdout, stderr } = await fairlead(args, { cwd });
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'site.conf: one request a second, without a session, each answered\n',
  });
  const { scenario, decisions } = JSON.parse(stdout);
  expect(scenario).toBe('balancer://one');
  expect(decisions.map(({ elected }: Decision) => elected)).toEqual(['x', 'y', 'x', 'x']);
  expect((await fairlead([...args, '--quiet'], { cwd })).stderr).toBe('');
});

test.each([
  [[], /expected --balancer with one of one, two\./],
  [['--balancer', 'twos'], /no balancer of site.conf with members; did you mean two\?/],
  [['--balancer', 'empty'], /no balancer of site.conf with members; /],
])('of several balancers one has to be named: %j', async (args, message) => {
  const cwd = folder({ 'site.conf': conf });
  const { code, stdout, stderr } = await fairlead(['explain', 'site.conf', ...args], { cwd });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test('--balancer is refused beside a scenario, and a file without members', async () => {
  const cwd = folder({ ...files, 'bare.conf': 'Listen 127.0.0.1:1\n' });
  const beside = await fairlead(['explain', 'small.yaml', '--balancer', 'x'], { cwd });
  expect(beside.stderr).toContain('--balancer goes with an httpd.conf');
  const bare = await fairlead(['explain', 'bare.conf'], { cwd });
  expect(bare.stderr).toContain('bare.conf has no balancer with a BalancerMember');
  expect([beside.code, bare.code]).toEqual([2, 2]);
});

test.each(['explain', 'run', 'twin'])(
  '%s says of a file that is only proxied what it lacks',
  async (command) => {
    const proxied =
      'balancer: { workers: [ { url: tcp://127.0.0.1:1 } ] }\nlisten: [ { tcp: 127.0.0.1:2 } ]\n';
    const cwd = folder({ 'site.yaml': proxied });
    const { code, stdout, stderr } = await fairlead([command, 'site.yaml'], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^site\.yaml:2:1 listen is here and clients is not: .*add clients/);
  },
);
