/** What the error log says of members that a health check takes out and brings back, beside httpd's. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { backend } from '../rig.ts';
import { hasHttpd, ours, type Start, theirs } from './sides.ts';

const MODULE = '/usr/lib/apache2/modules/mod_proxy_hcheck.so';
const canCompare = hasHttpd && existsSync(MODULE);

/** Lines about verdicts, without what httpd puts around them; `URL` stands for the member's. */
async function told(start: Start, before = ''): Promise<string[]> {
  let up = false;
  const a = await backend('a', (_, response) => response.writeHead(up ? 200 : 500).end());
  const { folder } = await start(`${before}ErrorLog LOGS/error
LogLevel warn proxy_hcheck:info
<Proxy balancer://c>
  BalancerMember ${a.url} hcmethod=GET hcuri=/ hcinterval=100ms hcpasses=2 hcfails=2
</Proxy>
ProxyPass / balancer://c/
`);
  const lines = () => {
    const file = join(folder, 'error');
    const all = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    return all.filter((line) => /Health check [A-Z]/.test(line));
  };
  await vi.waitUntil(() => lines().length === 1, { timeout: 30_000, interval: 20 });
  up = true;
  await vi.waitUntil(() => lines().length === 2, { timeout: 30_000, interval: 20 });
  return lines().map((line) =>
    line
      .replace(/^\[[^\]]*\] /, '')
      .replace(/ \[pid [^\]]*\]/, '')
      .replace(/AH\d+: (Threaded )?/, '')
      .replace(a.url, 'URL'),
  );
}

const expected = [
  '[proxy_hcheck:info] Health check DISABLING URL',
  '[proxy_hcheck:info] Health check ENABLING URL',
];

describe('members that health checks take out and bring back', () => {
  test('are told', async () => {
    expect(await told(ours)).toEqual(expected);
  });

  test.skipIf(!canCompare)(
    'as in httpd (skipped without it and its mod_proxy_hcheck)',
    async () => {
      expect(await told(theirs, `LoadModule proxy_hcheck_module ${MODULE}\n`)).toEqual(expected);
    },
  );
});
