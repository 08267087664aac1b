/** A configuration from text, as the proxy would read it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProxyConfig } from '../../../src/config/config.ts';
import { loadHttpd } from '../../../src/config/httpd.ts';

export function configOf(text: string): ProxyConfig {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-rules-'));
  try {
    const file = join(folder, 'httpd.conf');
    writeFileSync(file, `Listen 80\nServerName main.test\n${text}\n`);
    return loadHttpd(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One balancer `c` with the member `http://h:81/app`. */
export const balancer = '<Proxy balancer://c>\nBalancerMember http://h:81/app route=r\n</Proxy>\n';
