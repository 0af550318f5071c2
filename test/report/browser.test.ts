import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/render.ts';
import { CAPTURES, reportOf } from './captures.ts';

const executablePath = '/usr/bin/chromium';
const missing = existsSync(executablePath) ? null : `there is no ${executablePath} (Debian: apt-get install chromium)`;
if (missing !== null) process.stderr.write(`report in a browser: skipped, ${missing}\n`);

/** Flags of a browser that stays on this machine. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
];

const names = Object.keys(CAPTURES) as (keyof typeof CAPTURES)[];

describe.skipIf(missing !== null)('the HTML report in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-report-'));
  let browser: Browser;

  beforeAll(async () => {
    for (const name of names)
      writeFileSync(join(folder, `${name}.html`), [...renderReport(reportOf(name, 'zh'), 'html', 'zh')].join(''));
    browser = await chromium.launch({ executablePath, args: quiet });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens a report; gives the page, the addresses that it asked for and what it complained of. */
  async function open(name: string, width: number): Promise<{ page: Page; asked: string[]; complaints: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
    await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
    return { page, asked, complaints };
  }

  it.each(names.flatMap((name) => [360, 820, 1280].map((width) => [name, width] as const)))(
    'of %s asks for nothing but itself, complains of nothing and fits %i pixels',
    async (name, width) => {
      const { page, asked, complaints } = await open(name, width);
      expect(asked).toHaveLength(1);
      expect(complaints).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.close();
    },
  );

  it('shows each value of the evidence without scrolling sideways at 1,280 pixels', async () => {
    writeFileSync(join(folder, 'en.html'), [...renderReport(reportOf('shop', 'en'), 'html', 'en')].join(''));
    const { page } = await open('en', 1280);
    const hidden = await page.$$eval('.evidence', (tables) =>
      tables.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).map((table) => table.textContent),
    );
    expect(hidden).toEqual([]);
    await page.close();
  });

  it('shows the whole conclusion and all broken rules on one sheet of A4', async () => {
    const { page } = await open('shop', 794);
    await page.emulateMedia({ media: 'print' });
    // 297 mm less the margins of 13 and 14 mm, at 96 dots an inch.
    const sheet = ((297 - 27) / 25.4) * 96;
    await page.setViewportSize({ width: Math.round(((210 - 28) / 25.4) * 96), height: 1000 });
    const bottom = await page.evaluate(() => document.querySelector('#summary')?.getBoundingClientRect().bottom);
    expect(bottom).toBeLessThanOrEqual(sheet);
    await page.close();
  });

  it('has text that can be read on its ground, by day and by night', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await open('shop', 1280);
      await page.emulateMedia({ colorScheme });
      const contrasts = await page.evaluate(() => {
        const parts = (colour: string) => (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
        const luminance = (colour: string) => {
          const [r = 0, g = 0, b = 0] = parts(colour).map((part) => {
            const share = part / 255;
            return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const ground = (element: Element): string => {
          const own = getComputedStyle(element).backgroundColor;
          if (own !== 'rgba(0, 0, 0, 0)') return own;
          return element.parentElement === null ? 'rgb(255, 255, 255)' : ground(element.parentElement);
        };
        return [...document.querySelectorAll('h1,h2,h3,h4,p,td,dd,.badge,.tile b,.soft')].map((element) => {
          const [a, b] = [luminance(getComputedStyle(element).color), luminance(ground(element))];
          const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          return { ratio, what: `${element.className} ${element.textContent?.slice(0, 20)}` };
        });
      });
      expect(contrasts.filter(({ ratio }) => ratio < 4.5).slice(0, 5)).toEqual([]);
      await page.close();
    }
  });
});
