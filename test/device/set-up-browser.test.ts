import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type SetUpFacts, setUpPages } from '../../src/device/set-up-pages.ts';
import { type Authority, openAuthority } from '../../src/intercept/authority.ts';
import { InterceptProxy } from '../../src/intercept/intercept-proxy.ts';
import type { CaptureEvent } from '../../src/model/exchange.ts';

const executablePath = '/usr/bin/chromium';
const missing = !existsSync(executablePath)
  ? `there is no ${executablePath} (Debian: apt-get install chromium)`
  : spawnSync('certutil', ['-H']).error !== undefined
    ? 'there is no certutil to trust a certificate with (Debian: apt-get install libnss3-tools)'
    : null;
if (missing !== null) process.stderr.write(`set-up page in a browser: skipped, ${missing}\n`);

/** Flags of a browser that stays on this machine. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
];

/** The page as Debian's Chromium shows it, through the real proxy, with and without our certificate in its store. */
describe.skipIf(missing !== null)('The set-up page in Chromium', () => {
  let folder: string;
  let authority: Authority;
  let proxy: InterceptProxy;
  let port: number;
  let browser: Browser | null = null;
  const events: CaptureEvent[] = [];
  const marks: [string, string | null][] = [];
  const defects: unknown[] = [];
  let exchanges = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'telltale-browser-'));
    authority = openAuthority(join(folder, 'certs'));
    const proxyAddresses: string[] = [];
    const { certificatePem, certificateDer, subjectHashOld } = authority;
    const facts: SetUpFacts = {
      certificatePem,
      certificateDer,
      subjectHashOld,
      proxyAddresses,
      captureName: 'browser',
      counts: () => ({ exchanges, sdks: 1, findings: 2, gaps: 3 }),
      addMark: (kind, note) => marks.push([kind, note]),
      defect: (error) => defects.push(error),
    };
    proxy = new InterceptProxy({
      listeners: [{ host: '127.0.0.1', port: 0, device: null }],
      authority,
      sink: { accept: (event) => events.push(event) > 0, whenReady: () => Promise.resolve() },
      localPages: setUpPages(facts),
      resolve: new Map(),
      upstreamCa: [],
      insecureUpstream: false,
      allow: [],
      allowPrivate: false,
      clock: Date.now,
      log: () => undefined,
    });
    port = (await proxy.start())[0]?.port ?? 0;
    proxyAddresses.push(`127.0.0.1:${port}`);
  });
  afterAll(async () => {
    await proxy.shutDown();
    rmSync(folder, { recursive: true, force: true });
    expect(defects).toEqual([]);
  });
  beforeEach(() => {
    marks.length = 0;
    events.length = 0;
  });
  afterEach(async () => {
    await browser?.close();
    browser = null;
  });

  /** A phone: its own home folder with a certificate store, which trusts us or not, and its own proxy setting. */
  async function open(phone: {
    trusts: boolean;
    proxied: boolean;
    locale?: string;
    javaScript?: boolean;
  }): Promise<Page> {
    const home = mkdtempSync(join(folder, 'home-'));
    const store = join(home, '.pki/nssdb');
    mkdirSync(store, { recursive: true });
    certutil(['-N', '-d', `sql:${store}`, '--empty-password']);
    if (phone.trusts) {
      writeFileSync(join(home, 'ca.pem'), authority.certificatePem);
      certutil(['-A', '-d', `sql:${store}`, '-t', 'C,,', '-n', 'telltale', '-i', join(home, 'ca.pem')]);
    }
    browser = await chromium.launch({
      executablePath,
      args: [...quiet, `--proxy-pac-url=data:application/x-ns-proxy-autoconfig;base64,${btoa(route(phone.proxied))}`],
      env: { ...process.env, HOME: home },
    });
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      locale: phone.locale ?? 'en-US',
      javaScriptEnabled: phone.javaScript ?? true,
    });
    return context.newPage();
  }

  /** Our pages by way of the proxy, and what the browser itself wants from its maker to nowhere. */
  const route = (proxied: boolean) =>
    `function FindProxyForURL(url, host) {
      return ${proxied} && host === "telltale.test" ? "PROXY 127.0.0.1:${port}" : "PROXY 127.0.0.1:1";
    }`;

  const green = (page: Page, name: string) => page.waitForSelector(`#check-${name}.on`, { timeout: 15_000 });
  const orange = (page: Page, name: string) =>
    page.waitForFunction(
      (id) => {
        const light = document.getElementById(id);
        return light?.textContent === light?.dataset['no'] && !light?.classList.contains('on');
      },
      `check-${name}`,
      { timeout: 15_000 },
    );

  it.each(['http://telltale.test/', 'own address'])(
    'turns both lights green for a phone that is set up: %s',
    async (address) => {
      const page = await open({ trusts: true, proxied: true });
      await page.goto(address === 'own address' ? `http://127.0.0.1:${port}/` : address);
      await green(page, 'proxy');
      await green(page, 'trust');
      expect(await page.textContent('#check-trust')).toBe('This browser trusts the certificate.');
    },
  );

  it('keeps the second light off while the certificate is not trusted, and calls that no gap', async () => {
    const page = await open({ trusts: false, proxied: true });
    await page.goto('http://telltale.test/');
    await green(page, 'proxy');
    await orange(page, 'trust');
    expect(events.filter(({ type }) => type === 'gap')).toEqual([]);
  });

  it('keeps both lights off for a phone that does not use the proxy', async () => {
    const page = await open({ trusts: true, proxied: false });
    await page.goto(`http://127.0.0.1:${port}/`);
    await orange(page, 'proxy');
    await orange(page, 'trust');
  });

  it('shows both lights over https without asking again', async () => {
    const page = await open({ trusts: true, proxied: true, javaScript: false });
    await page.goto('https://telltale.test/');
    expect(await page.locator('.light.on').count()).toBe(2);
  });

  it('takes marks by button and says so, without reloading', async () => {
    const page = await open({ trusts: true, proxied: true, locale: 'zh-CN' });
    await page.goto('http://telltale.test/');
    await page.fill('#note', '登录前');
    await page.click('text=已点同意');
    await page.waitForFunction(() => document.getElementById('feedback')?.textContent?.startsWith('已标记：已点同意'));
    await page.click('text=应用切到后台');
    await page.waitForFunction(() =>
      document.getElementById('feedback')?.textContent?.startsWith('已标记：应用切到后台'),
    );
    expect(marks).toEqual([
      ['consent', '登录前'],
      ['background', null],
    ]);
  });

  it('takes marks and gives files without JavaScript', async () => {
    const page = await open({ trusts: true, proxied: false, javaScript: false });
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.click('text=Consent refused');
    expect(await page.textContent('#feedback')).toBe('Marked: Consent refused');
    expect(marks).toEqual([['refused', null]]);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Certificate as PEM')]);
    expect(download.suggestedFilename()).toBe('telltale-ca.pem');
  });

  it('refuses a mark that a page elsewhere posts', async () => {
    const page = await open({ trusts: true, proxied: true });
    await page.goto(`http://127.0.0.1:${port}/?lang=en`);
    // The same proxy under another name: to the browser a page of another site.
    const status = await page.evaluate(async () => {
      const answer = await fetch('http://telltale.test/marks', {
        method: 'POST',
        mode: 'no-cors',
        body: new URLSearchParams({ kind: 'consent' }),
      }).catch(() => null);
      return answer?.type ?? 'blocked';
    });
    expect(['opaque', 'blocked']).toContain(status);
    expect(marks).toEqual([]);
  });

  it('counts on while it is open', async () => {
    const page = await open({ trusts: true, proxied: true });
    await page.goto('http://telltale.test/');
    exchanges = 4711;
    await page.waitForFunction(() => document.getElementById('count-exchanges')?.textContent === '4711');
    expect(await page.textContent('#count-gaps')).toBe('3');
  });

  it('fits a phone and breaks no rule of its own content policy', async () => {
    const page = await open({ trusts: true, proxied: true });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto('http://telltale.test/');
    await green(page, 'trust');
    expect(complaints).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });
});

function certutil(args: readonly string[]): void {
  const { status, stderr } = spawnSync('certutil', args, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
}
