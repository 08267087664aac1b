/** The same logs twice: ours and, where it is installed, the real httpd's, of the same requests in front of the same members. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { RawClient, rig } from '../rig.ts';
import { freePort, hasHttpd, startHttpd } from '../servers/httpd.ts';

export { hasHttpd };

/** A folder for logs, gone after the test. */
export function logFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-logs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Lines of the log, once there are `count`. */
export async function linesOf(file: string, count: number): Promise<string[]> {
  const read = () => {
    const text = existsSync(file) ? readFileSync(file, 'latin1') : '';
    return text.split('\n').slice(0, -1);
  };
  await vi.waitUntil(() => read().length >= count, { timeout: 20_000, interval: 10 });
  return read();
}

/** Starts a proxy whose configuration is `lines`, with `LOGS` standing for a folder of its own. Returns both. */
export type Start = (lines: string) => Promise<{ port: number; folder: string }>;

export const ours: Start = async (lines) => {
  const folder = logFolder();
  const made = await rig(lines.replaceAll('LOGS', folder));
  return { port: made.port, folder };
};

const modules = ['env', 'setenvif', 'remoteip'].map(
  (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so\n`,
);

export const theirs: Start = async (lines) => {
  const folder = logFolder();
  const port = await freePort();
  const head = `${modules.join('')}Listen 127.0.0.1:${port}\n`;
  const running = await startHttpd(folder, head + lines.replaceAll('LOGS', folder), port);
  onTestFinished(() => running.stop());
  return { port, folder };
};

/** Sends `connections` one after the other, of each its requests, every one when the answer before it is there. */
export async function sendAll(
  port: number,
  connections: readonly (readonly string[])[],
): Promise<void> {
  for (const requests of connections) {
    const client = new RawClient(port);
    for (const [i, request] of requests.entries()) {
      client.send(request);
      if (i < requests.length - 1) await client.until((text) => text.split('I am').length > i + 1);
    }
    await client.end();
  }
}
