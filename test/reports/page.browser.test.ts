/**
 * The page in a real browser. Needs Chromium (`FAIRLEAD_CHROMIUM`, or `chromium` on the PATH); without it these tests
 * are skipped and say so. FAIRLEAD_HEAVY=1 has a look at more than one study.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { charts } from '../../reports/charts/index.ts';
import { writeReport } from '../../reports/write.ts';
import { axeViolations, browser, launch } from '../chromium.ts';
import { heavy } from '../heavy.ts';
import { comparison, nasty, single } from './studies.ts';

const studies = heavy ? { comparison, single, nasty } : { comparison };

describe.skipIf(browser === undefined)('the page in Chromium', () => {
  let root: string;
  let context: BrowserContext;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'fairlead-page-'));
    for (const [name, study] of Object.entries(studies)) await writeReport(study, join(root, name));
    context = await launch(join(root, 'profile'), true);
  }, 120_000);
  afterAll(async () => {
    await context?.close();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  });

  async function open(name: string, width = 1280): Promise<{ page: Page; seen: string[] }> {
    const page = await context.newPage();
    await page.setViewportSize({ width, height: 900 });
    const seen: string[] = [];
    page.on('request', (request) => seen.push(request.url()));
    page.on('console', (message) => seen.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => seen.push(`error: ${error.message}`));
    await page.goto(pathToFileURL(join(root, name, 'index.html')).href);
    return { page, seen };
  }

  test.each(Object.keys(studies))(
    '%s asks for nothing but itself and complains of nothing',
    async (name) => {
      const { page, seen } = await open(name);
      const itself = pathToFileURL(join(root, name, 'index.html')).href;
      expect(seen.filter((url) => url !== itself && url !== 'data:,')).toEqual([]);
      await page.close();
    },
  );

  test.each(['light', 'dark'] as const)(
    'no axe violations in %s, all details open, wide and narrow',
    async (colorScheme) => {
      for (const name of Object.keys(studies)) {
        for (const width of name === 'comparison' ? [1280, 400] : [1280]) {
          const { page } = await open(name, width);
          await page.emulateMedia({ colorScheme });
          await page.evaluate(
            "document.querySelectorAll('details').forEach((d) => { d.open = true; })",
          );
          expect(await axeViolations(page), `${name} at ${width}`).toEqual([]);
          await page.close();
        }
      }
    },
    120_000,
  );

  test('every chart has a table that the keyboard reaches', async () => {
    const { page } = await open('comparison');
    const reached = new Set<string>();
    for (let i = 0; i < 200; i += 1) {
      await page.keyboard.press('Tab');
      const id = await page.evaluate<string | null>(
        "document.activeElement.matches('figure summary') ? document.activeElement.closest('figure').id : null",
      );
      if (id === null) continue;
      if (reached.has(id)) break;
      reached.add(id);
      await page.keyboard.press('Enter');
      expect(await page.locator(`#${id} table`).isVisible()).toBe(true);
    }
    expect([...reached]).toEqual(charts.map((chart) => `chart-${chart.name}`));
    await page.close();
  }, 60_000);

  test('nothing is wider than the window, from a telephone to a desk', async () => {
    for (const name of Object.keys(studies)) {
      for (const width of [320, 400, 704, 1280]) {
        const { page } = await open(name, width);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        await page.close();
      }
    }
  }, 120_000);

  test('labels of a chart stay inside it', async () => {
    for (const width of [400, 1280]) {
      const { page } = await open('comparison', width);
      const outside =
        await page.evaluate(`[...document.querySelectorAll('figure svg')].filter((s) => s.checkVisibility()).flatMap((svg) => {
        const box = svg.getBoundingClientRect();
        return [...svg.querySelectorAll('text')].filter((t) => {
          const b = t.getBoundingClientRect();
          return b.width > 0 && (b.left < box.left - 1 || b.right > box.right + 1 || b.top < box.top - 1 || b.bottom > box.bottom + 1);
        }).map((t) => t.textContent);
      })`);
      expect(outside).toEqual([]);
      await page.close();
    }
  }, 60_000);
});
