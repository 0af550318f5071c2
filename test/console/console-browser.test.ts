import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningConsole, startConsole } from '../../src/console/console-server.ts';
import { EvidenceWriter } from '../../src/evidence/evidence-writer.ts';
import { aCapture, anExchange } from '../evidence/samples.ts';

const executablePath = '/usr/bin/chromium';
const missing = existsSync(executablePath) ? null : `there is no ${executablePath} (Debian: apt-get install chromium)`;
if (missing !== null) process.stderr.write(`console in a browser: skipped, ${missing}\n`);

/** Flags of a browser that stays on this machine: what it wants from its maker goes nowhere. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--proxy-server=127.0.0.1:1',
];

describe.skipIf(missing !== null)('The console in Chromium', () => {
  let folder: string;
  let writer: EvidenceWriter;
  let capture: number;
  let shown: RunningConsole;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'telltale-console-'));
    const db = join(folder, 'night.db');
    writer = EvidenceWriter.open(db);
    capture = writer.beginCapture(aCapture('night-1'));
    writer.addExchange(anExchange(capture));
    writer.flush();
    const onDefect = (error: unknown) => complaints.push(String(error));
    shown = await startConsole({
      db,
      secret: null,
      signatureFolder: null,
      host: '127.0.0.1',
      port: 0,
      report: () => '',
      onDefect,
    });
    browser = await chromium.launch({ executablePath, args });
    page = await (await browser.newContext({ locale: 'zh-CN' })).newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(shown.link);
  });
  afterAll(async () => {
    await browser.close();
    await shown.close();
    writer.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const rows = (count: number) =>
    page.waitForFunction((wanted) => document.querySelectorAll('tbody tr').length === wanted, count, {
      timeout: 15_000,
    });

  it('opens by its link, which does not stay in the address', async () => {
    expect(new URL(page.url()).search).toBe('');
    expect(await page.textContent('h1')).toBe('抓取记录');
  });

  it('shows what the proxy writes meanwhile, and filters', async () => {
    await page.click('nav >> text=请求');
    await rows(1);
    writer.addExchange(anExchange(capture));
    writer.flush();
    await rows(2);
    await page.fill('input[name=filter]', 'host:nobody');
    await page.press('input[name=filter]', 'Enter');
    await page.waitForSelector('.nothing');
    expect(await page.inputValue('input[name=filter]')).toBe('host:nobody');
  });

  it('takes a mark while the proxy writes', async () => {
    await page.click('nav >> text=标记');
    await page.click('text=已点同意');
    await rows(1);
    expect(await page.textContent('tbody')).toContain('已点同意');
  });

  it('breaks no rule of its own content policy', () => {
    expect(complaints).toEqual([]);
  });
});
