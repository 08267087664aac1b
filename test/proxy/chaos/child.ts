/** `fairlead proxy` in a process of its own, told to read its configuration again and again. */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { type Ended, ended, folder, start } from '../../cli/cli.ts';
import { ask } from '../rig.ts';

export class ProxyChild {
  readonly port: number;
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  said = '';
  readonly #file: string;

  constructor(port: number, file: string, child: ChildProcess) {
    this.port = port;
    this.process = child;
    this.ended = ended(child);
    this.#file = file;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (text) => {
        this.said += text;
      });
    }
  }

  write(lines: string): void {
    writeFileSync(this.#file, `Listen 127.0.0.1:${this.port}\n${lines}`);
  }

  /** Writes, sends SIGHUP (by `tell`), and waits until the proxy has said what came of it. */
  async reload(
    lines: string,
    tell: () => void = () => this.process.kill('SIGHUP'),
  ): Promise<'taken over' | 'refused'> {
    const from = this.said.length;
    this.write(lines);
    tell();
    const verdict = () =>
      /SIGHUP: (?:(refused)|.* is configuration \d+ now)/.exec(this.said.slice(from));
    await vi.waitUntil(() => verdict() !== null, { timeout: 30_000, interval: 5 });
    return verdict()?.[1] === undefined ? 'taken over' : 'refused';
  }

  /** Of every member that the manager shows, by its URL. */
  async busy(): Promise<Record<string, number>> {
    const headers = { Referer: 'http://127.0.0.1/' };
    const { body } = await ask(this.port, '/balancer-manager?xml=1', { headers });
    const found = body.matchAll(/<httpd:worker>\s*<httpd:name>([^<]*)[\s\S]*?<httpd:busy>(\d+)/g);
    const members = [...found].map(([, name, busy]) => [name, Number(busy)]);
    if (members.length === 0) throw new Error(`the manager shows no member: ${body}`);
    return Object.fromEntries(members);
  }

  /** Resident, in MiB. */
  memoryMiB(): number {
    const { pid } = this.process;
    try {
      const [, kib] = /VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
      return Number(kib) / 1024;
    } catch {
      return (
        Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024
      );
    }
  }
}

/** One thread unless `FAIRLEAD_CHAOS_THREADS` says more. */
const THREADS = Number(process.env['FAIRLEAD_CHAOS_THREADS'] ?? 1);

/** Starts it with these lines; `Listen` comes before them. Resolves when it listens. */
export async function proxyChild(
  port: number,
  lines: string,
  threads = THREADS,
): Promise<ProxyChild> {
  const file = join(folder({ 'site.conf': '' }), 'site.conf');
  writeFileSync(file, `Listen 127.0.0.1:${port}\n${lines}`);
  const child = new ProxyChild(
    port,
    file,
    start(['proxy', file, '--admin', 'off', '--threads', String(threads)]),
  );
  onTestFinished(() => {
    child.process.kill('SIGKILL');
  });
  const { process } = child;
  await vi.waitUntil(() => child.said.includes('listening on') || process.exitCode !== null, {
    timeout: 60_000,
  });
  return child;
}

export const MANAGER = `ProxyPass /balancer-manager !
<Location /balancer-manager>
  SetHandler balancer-manager
  Require local
</Location>
`;
