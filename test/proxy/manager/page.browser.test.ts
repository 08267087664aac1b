/** The manager's page as a person meets it, in a real Chromium. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { axeViolations, browser, launch } from '../../chromium.ts';
import { type Rig, rig } from '../rig.ts';
import { shop } from './sides.ts';

const root = await mkdtemp(join(tmpdir(), 'fairlead-chromium-'));
/** By whether they bypass a page's own rules. */
const contexts = new Map<string, Promise<BrowserContext>>();
afterAll(async () => {
  for (const context of contexts.values()) await (await context).close();
  await rm(root, { recursive: true, force: true, maxRetries: 5 });
});

/** The page of two balancers, and everything that it asked for or complained of. */
async function opened(bypassCSP = false): Promise<{ r: Rig; page: Page; seen: string[] }> {
  const name = `${bypassCSP}`;
  contexts.set(name, contexts.get(name) ?? launch(join(root, name), bypassCSP));
  const r = await rig((await shop()).lines);
  const page = await (await contexts.get(name)!).newPage();
  const seen: string[] = [];
  page.on('request', (request) => seen.push(`${request.method()} ${request.url()}`));
  page.on('console', (message) => seen.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => seen.push(`error: ${error.message}`));
  await page.goto(`http://127.0.0.1:${r.port}/balancer-manager`);
  return { r, page, seen };
}

const timeout = 60_000;

describe.skipIf(browser === undefined)('in Chromium', () => {
  test('numbers and charts live, without a complaint and without asking anybody else', async () => {
    const { r, page, seen } = await opened();
    await expect.poll(() => page.textContent('#live'), { timeout }).toBe('Numbers are live.');
    const elected = page.locator('[data-balancer="shop"] [data-live="1.elected"]');
    const chart = page.locator('[data-balancer="shop"] [data-chart="1"] svg');
    for (let i = 0; i < 3; i++) await r.get('/');
    await expect.poll(() => elected.textContent(), { timeout }).toBe('2');
    await expect
      .poll(() => chart.getAttribute('aria-label'), { timeout })
      .toMatch(/^requests a second over the last minute, now \d+, at most \d+$/);
    const own = `http://127.0.0.1:${r.port}/balancer-manager`;
    const others = seen.filter((what) => !what.startsWith(`GET ${own}`));
    expect(others.filter((what) => !what.endsWith('/favicon.ico'))).toEqual([]);
  });

  test('drain by keyboard, see why, undo by keyboard', async () => {
    const { r, page } = await opened();
    await page
      .locator('[data-balancer="shop"]')
      .getByText('Drain', { exact: true })
      .first()
      .focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('.notice');
    expect(r.flags[0]).toBe('N');
    const state = page.locator('[data-balancer="shop"] [data-live="0.state"]');
    expect(await state.textContent()).toBe('draining: only sessions that are here already');
    await page.locator('.notice button').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => r.flags[0], { timeout }).toBe('');
  });

  test('the form of a member: a preview first, then the change', async () => {
    const { r, page } = await opened();
    await page.locator('[data-balancer="shop"] td a').first().click();
    await page.getByLabel('Load factor').fill('6');
    await page.getByRole('button', { name: 'Preview shares' }).click();
    await page.waitForSelector('[aria-label="Preview"]');
    expect(await page.textContent('[aria-label="Preview"]')).toContain('75.0 %');
    expect(r.core.workers.lbfactor[0]).toBe(100);
    await page.getByLabel('Load factor').fill('6');
    await page.getByRole('button', { name: 'Submit' }).click();
    await expect.poll(() => r.core.workers.lbfactor[0], { timeout }).toBe(600);
  });

  test('a form that is asked for is gone to; its answer is read from the top', async () => {
    const { page } = await opened();
    await page.setViewportSize({ width: 1000, height: 300 });
    await page.locator('[data-balancer="shop"] td a').first().focus();
    await page.keyboard.press('Enter');
    const focused = () => page.evaluate('document.activeElement.id');
    await expect.poll(focused, { timeout }).toBe('edit');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('w_lf');
    await page.getByLabel('Load factor').fill('6');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.notice');
    expect(await page.evaluate('scrollY')).toBe(0);
  });

  test('on a narrow screen the buttons of every member are in sight', async () => {
    const { page } = await opened();
    await page.setViewportSize({ width: 390, height: 844 });
    for (const button of await page.locator('.glance button').all()) {
      const box = (await button.boundingBox())!;
      expect(box.x + box.width).toBeLessThan(390);
    }
    expect(await page.locator('.glance button').count()).toBe(4);
  });

  test('no axe violations, light and dark, with every form open', async () => {
    const { page } = await opened(true);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeViolations(page), colorScheme).toEqual([]);
    }
    await page.locator('[data-balancer="shop"] h2 a').click();
    expect(await axeViolations(page), 'balancer form').toEqual([]);
    await page.locator('[data-balancer="shop"] td a').first().click();
    expect(await axeViolations(page), 'member form').toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });
});
