/** Sweeps over a queue, with a real Redis: the same bytes as on one machine, whoever does the work. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, fairlead, folder, small, start } from './cli.ts';

const rate = 'clients.visitors.arrival.poisson';
const args = ['sweep', 'small.yaml', '--vary', `${rate}=50/s,80/s,300/s`, '--vary', 'seed=1..3:1'];
const files = { 'small.yaml': small };

const has = spawnSync('redis-server', ['--version']).status === 0;
if (!has) console.warn('skipped: no redis-server here (Debian: redis-server)');

/** Every JSON file below a folder, with its text. */
function contents(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  const texts = names.filter((name) => name.endsWith('.json'));
  return Object.fromEntries(texts.map((name) => [name, readFileSync(join(dir, name), 'utf8')]));
}

/** Resolves when `child` has said `text` on stderr. */
async function says(child: ChildProcess, text: string): Promise<void> {
  let all = '';
  for await (const chunk of child.stderr!.iterator({ destroyOnReturn: false })) {
    all += chunk;
    if (all.includes(text)) return;
  }
  throw new Error(`ended without saying '${text}': ${all}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.skipIf(!has)('with Redis', () => {
  let redis: ChildProcess;
  let url = '';

  beforeAll(async () => {
    const port = await freePort();
    url = `redis://127.0.0.1:${port}`;
    const options = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', ''];
    redis = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
    let all = '';
    for await (const chunk of redis.stdout!.iterator({ destroyOnReturn: false })) {
      all += chunk;
      if (/ready to accept connections/i.test(all)) break;
    }
    redis.stdout!.resume();
  });

  afterAll(async () => {
    redis.kill();
    await once(redis, 'exit');
  });

  test('two workers do a sweep that waited for them, to the bytes of one machine', async () => {
    const cwd = folder(files);
    await fairlead([...args, '--out', 'here'], { cwd });
    const sweep = start([...args, '--out', 'there', '--queue', url], { cwd });
    await says(sweep, 'nobody works at 127.0.0.1');
    const swept = ended(sweep);
    const workers = [1, 2].map(() => start(['worker', '--queue', url, '--threads', '1'], { cwd }));
    const done = workers.map(ended);
    expect((await swept).code).toBe(0);
    for (const worker of workers) worker.kill('SIGTERM');
    const ends = await Promise.all(done);
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    const counts = ends.map(({ stderr }) => Number(/(\d+) cells? done$/m.exec(stderr)?.[1]));
    expect(counts[0]! + counts[1]!).toBe(6); // of nine cells, three are unstable and not sent
    expect(contents(join(cwd, 'there'))).toEqual(contents(join(cwd, 'here')));

    const again = await fairlead([...args, '--out', 'again', '--queue', url], { cwd });
    expect(again.code).toBe(0); // by what Redis still has: nobody works any more
    expect(contents(join(cwd, 'again'))).toEqual(contents(join(cwd, 'here')));
  });

  test('a worker ends at once when nothing waits and it is not to wait', async () => {
    const { code, stderr } = await fairlead(['worker', '--queue', url, '--until-empty']);
    expect({ code, done: stderr.includes('0 cells done') }).toEqual({ code: 0, done: true });
  });

  test('a module of one machine is not sent to others', async () => {
    const own = `export default { name: 'own', elect: (state, among) => among.ids[0] };`;
    const cwd = folder({ ...files, 'own.mjs': own });
    const { code, stderr } = await fairlead([...args, '--lbmethod', './own.mjs', '--queue', url], {
      cwd,
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/own\.mjs is a module on this machine.*expected lbmethods by name/);
  });
});

test.each([
  ['localhost:6379', /expected redis:\/\/HOST:PORT/],
  ['http://127.0.0.1', /expected redis:\/\/HOST:PORT/],
  ['redis://:secret@127.0.0.1:1', /no Redis at 127\.0\.0\.1:1 \(.*ECONNREFUSED/],
])('--queue %s is told what is wrong', async (url, message) => {
  const cwd = folder(files);
  for (const command of [['worker'], args]) {
    const { code, stdout, stderr } = await fairlead([...command, '--queue', url], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('secret');
  }
});
