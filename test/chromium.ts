/** A real browser for tests: `FAIRLEAD_CHROMIUM`, or `chromium` on the PATH. Without one, tests skip and say so. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const onPath = (process.env['PATH'] ?? '').split(delimiter).map((dir) => join(dir, 'chromium'));

/** Its path; undefined: skip. */
export const browser = process.env['FAIRLEAD_CHROMIUM'] ?? onPath.find((path) => existsSync(path));
if (browser === undefined)
  console.warn('skipped: no chromium on the PATH and no FAIRLEAD_CHROMIUM');

/** Flags that keep it from asking anybody for anything. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** `bypassCSP` lets axe run in a page that allows no foreign script; without it the page's own rules hold. */
export function launch(profile: string, bypassCSP: boolean): Promise<BrowserContext> {
  const options = { executablePath: browser!, args: quiet, bypassCSP };
  return chromium.launchPersistentContext(profile, options);
}

/** What axe finds wrong on the page. Needs a context with `bypassCSP`. */
export async function axeViolations(page: Page): Promise<string[]> {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  await page.evaluate(await readFile(axe, 'utf8'));
  return page.evaluate(
    "axe.run().then((r) => r.violations.map((v) => v.id + ': ' + v.nodes[0].html))",
  );
}
