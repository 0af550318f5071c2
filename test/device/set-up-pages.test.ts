import { beforeEach, describe, expect, it } from 'vitest';
import { type SetUpFacts, setUpPages } from '../../src/device/set-up-pages.ts';
import type { LocalRequest } from '../../src/model/local-page.ts';
import * as certificate from './certificate.ts';

const own = '192.168.1.5:8080';
let marks: [string, string | null][];
let defects: unknown[];

const facts: SetUpFacts = {
  ...certificate,
  proxyAddresses: ['10.0.0.7:8080', own, '[fd00::5]:8080'],
  captureName: 'night-1 <b>',
  counts: () => ({ exchanges: 17, sdks: 4, findings: 23, gaps: 2 }),
  addMark: (kind, note) => marks.push([kind, note]),
  defect: (error) => defects.push(error),
};

beforeEach(() => {
  marks = [];
  defects = [];
});

interface Asked {
  readonly method?: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly throughProxy?: boolean;
  readonly overTls?: boolean;
}

async function ask(asked: Asked, given: SetUpFacts = facts) {
  const request: LocalRequest = {
    method: asked.method ?? 'GET',
    target: asked.target,
    headers: Object.entries({ Host: own, ...asked.headers }),
    body: Buffer.from(asked.body ?? ''),
    phoneAddress: '192.168.1.77',
    throughProxy: asked.throughProxy ?? false,
    overTls: asked.overTls ?? false,
  };
  const { status, headers, body } = await setUpPages(given)(request);
  return {
    status,
    headers: new Headers(headers.map(([name, value]) => [name, value])),
    text: Buffer.from(body).toString('utf8'),
    body,
  };
}

const chinese = { 'Accept-Language': 'zh-CN,zh;q=0.9' };

describe('The set-up page', () => {
  it.each([
    [{}, 'lang="en"', 'Trust the certificate'],
    [chinese, 'lang="zh-CN"', '信任证书'],
  ])('speaks the language of the phone', async (headers, attribute, heading) => {
    const { status, text } = await ask({ target: '/', headers });
    expect(status).toBe(200);
    expect(text).toContain(attribute);
    expect(text).toContain(heading);
  });

  it('takes the language of the link before that of the browser', async () => {
    expect((await ask({ target: '/?lang=en', headers: chinese })).text).toContain('lang="en"');
  });

  it('shows host and port to type, the address that this phone came by first', async () => {
    const { text } = await ask({ target: '/' });
    expect(text).toContain('<code>192.168.1.5</code>');
    expect(text).toContain('<code>8080</code>');
    expect(text).toContain(`<code>http://${own}/proxy.pac</code>`);
    expect(text).toContain('<code>10.0.0.7:8080</code>');
  });

  it('does not repeat an address that the phone made up', async () => {
    const { text } = await ask({ target: '/', headers: { Host: 'evil.example"><script>' } });
    expect(text).not.toContain('evil.example');
    expect(text).toContain('<code>10.0.0.7</code>');
  });

  it('escapes what it shows', async () => {
    const { text } = await ask({ target: '/' });
    expect(text).toContain('night-1 &lt;b&gt;');
    expect(text).not.toContain('night-1 <b>');
  });

  it.each([
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)', 'iPhone and iPad', '/telltale.mobileconfig'],
    ['Mozilla/5.0 (Linux; Android 14; Pixel 8)', 'Android', '/ca.crt'],
    ['Mozilla/5.0 (Phone; OpenHarmony 5.0) ArkWeb/4.1', 'HarmonyOS', '/ca.crt'],
    ['Mozilla/5.0 (X11; Linux x86_64)', 'Android', '/ca.crt'],
  ])('opens the steps of the phone that asks: %s', async (agent, platform, file) => {
    const { text } = await ask({ target: '/', headers: { 'User-Agent': agent } });
    expect(text).toContain(`<details open><summary><h3>${platform}</h3>`);
    expect(text.match(/<details open>/g)).toHaveLength(1);
    expect(text).toContain(`<a class="button" href="${file}">`);
  });

  it('has no placeholder left in either language', async () => {
    for (const lang of ['zh', 'en'])
      expect((await ask({ target: `/?lang=${lang}` })).text).not.toMatch(/\{(?!mark\})\w+\}|undefined/);
  });

  it.each([
    [false, false, 0],
    [true, false, 1],
    [true, true, 2],
    [false, true, 0],
  ])('lights what this request proves: through the proxy %s, over TLS %s', async (throughProxy, overTls, lights) => {
    const { text } = await ask({ target: '/', throughProxy, overTls });
    expect(text.match(/class="light on"/g) ?? []).toHaveLength(lights);
  });

  it('loads nothing from elsewhere and runs no inline script', async () => {
    const { text, headers } = await ask({ target: '/' });
    expect(headers.get('Content-Security-Policy')).toMatch(/^default-src 'none'; style-src 'self'; script-src 'self';/);
    expect(text).not.toMatch(/<script(?! src="\/set-up\.js")|<style|\sstyle=|\son\w+=|javascript:/);
    for (const [, address] of text.matchAll(/(?:src|href|action)="([^"]+)"/g))
      expect(address, address).toMatch(/^(\/|https:\/\/telltale\.test\/check$)/);
  });

  it('links to nothing that is not there', async () => {
    for (const lang of ['zh', 'en']) {
      const { text } = await ask({ target: `/?lang=${lang}` });
      const paths = [...text.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map((match) => match[1] as string);
      expect(paths.length).toBeGreaterThan(5);
      for (const target of paths) expect((await ask({ target })).status, target).toBe(200);
    }
  });
});

describe('The files of the set-up page', () => {
  it.each([
    ['/ca.pem', 'application/x-pem-file', 'telltale-ca.pem'],
    ['/ca.crt', 'application/x-x509-ca-cert', 'telltale-ca.crt'],
    ['/ca.der', 'application/x-x509-ca-cert', 'telltale-ca.crt'],
    ['/20fe38ca.0', 'application/octet-stream', '20fe38ca.0'],
    ['/telltale.mobileconfig', 'application/x-apple-aspen-config', 'telltale.mobileconfig'],
  ])('%s is sent as a file with its type', async (target, mediaType, name) => {
    const { status, headers, body } = await ask({ target });
    expect(status).toBe(200);
    expect(headers.get('Content-Type')).toBe(mediaType);
    expect(headers.get('Content-Disposition')).toBe(`attachment; filename="${name}"`);
    expect(headers.get('Content-Length')).toBe(String(body.length));
  });

  it('/proxy.pac names the address that the phone came by first', async () => {
    const { headers, text } = await ask({ target: '/proxy.pac' });
    expect(headers.get('Content-Type')).toBe('application/x-ns-proxy-autoconfig');
    expect(text).toContain('PROXY 192.168.1.5:8080; PROXY 10.0.0.7:8080; PROXY [fd00::5]:8080');
  });

  it('/state gives the counts', async () => {
    const { text } = await ask({ target: '/state' });
    expect(JSON.parse(text)).toEqual({ capture: 'night-1 <b>', exchanges: 17, sdks: 4, findings: 23, gaps: 2 });
  });

  it('HEAD is answered as GET; the relay leaves the body out', async () => {
    const [get, head] = [await ask({ target: '/ca.pem' }), await ask({ method: 'HEAD', target: '/ca.pem' })];
    expect([head.status, [...head.headers]]).toEqual([get.status, [...get.headers]]);
  });

  it.each([
    ['GET', '/nothing', 404],
    ['GET', '/../../etc/passwd', 404],
    ['GET', '/assets/set-up.css', 404],
    ['GET', '/%2e%2e/ca.key', 404],
    ['GET', '/ca.key', 404],
    ['GET', '', 404],
    ['PUT', '/', 405],
    ['GET', '/marks', 405],
  ])('%s %s is answered with %i', async (method, target, status) => {
    expect((await ask({ method, target })).status).toBe(status);
    expect(defects).toEqual([]);
  });
});

describe('The live check', () => {
  it.each([
    [false, false],
    [true, false],
    [true, true],
  ])(
    'says how the request came, and any page may read it: through the proxy %s, over TLS %s',
    async (throughProxy, overTls) => {
      const { text, headers } = await ask({ target: '/check', throughProxy, overTls });
      expect(JSON.parse(text)).toEqual({ through_proxy: throughProxy, over_tls: overTls });
      expect(headers.get('Access-Control-Allow-Origin')).toBe('*');
    },
  );

  it('is a page for people', async () => {
    const { text } = await ask({
      target: '/check',
      headers: { Accept: 'text/html,*/*', ...chinese },
      throughProxy: true,
      overTls: true,
    });
    expect(text.match(/class="light on"/g)).toHaveLength(2);
    expect(text).toContain('本浏览器已信任证书');
  });
});

describe("A tester's mark", () => {
  const post = { method: 'POST', target: '/marks?lang=zh', headers: { Origin: `http://${own}` } };

  it.each([
    ['kind=consent&note=', 'consent', null],
    ['kind=refused', 'refused', null],
    ['kind=foreground&note=+', 'foreground', null],
    ['kind=background&note=home%20key', 'background', 'home key'],
    ['kind=note&note=%E7%99%BB%E5%BD%95', 'note', '登录'],
    [`kind=note&note=${'x'.repeat(2000)}`, 'note', 'x'.repeat(500)],
  ])('is taken: %.40s', async (body, kind, note) => {
    const { status, headers } = await ask({ ...post, body });
    expect(status).toBe(303);
    expect(headers.get('Location')).toBe(`/?lang=zh&marked=${kind}#marks`);
    expect(marks).toEqual([[kind, note]]);
  });

  it('shows on the page that comes back', async () => {
    expect((await ask({ target: '/?lang=zh&marked=consent' })).text).toContain('已标记：已点同意');
    expect((await ask({ target: '/?marked=%3Cscript%3E' })).text).toContain('role="status"></p>');
  });

  it('is answered with JSON to a script', async () => {
    const { status, text } = await ask({
      ...post,
      headers: { ...post.headers, Accept: 'application/json' },
      body: 'kind=consent',
    });
    expect([status, text]).toEqual([200, '{"marked":"consent"}']);
  });

  it.each([
    ['kind=party', 400],
    ['kind=note&note=', 400],
    ['', 400],
    [`kind=note&note=${'x'.repeat(9000)}`, 413],
  ])('that makes no sense is refused: %.20s', async (body, status) => {
    expect((await ask({ ...post, body })).status).toBe(status);
    expect(marks).toEqual([]);
  });

  it.each([
    // host, headers, taken
    [own, { Origin: `http://${own}` }, true],
    [own, { Origin: `http://${own}`, 'Sec-Fetch-Site': 'same-origin' }, true],
    ['telltale.test', { Origin: 'http://telltale.test' }, true],
    ['telltale.test', { Origin: 'https://telltale.test' }, true],
    ['[fd00::5]:8080', { Origin: 'http://[fd00::5]:8080' }, true],
    [own, { Referer: `http://${own}/?lang=zh` }, true],
    [own, {}, false],
    [own, { Origin: 'http://evil.example' }, false],
    [own, { Origin: 'null' }, false],
    [own, { Origin: `http://${own}`, 'Sec-Fetch-Site': 'cross-site' }, false],
    [own, { Origin: 'http://evil.example', Referer: `http://${own}/` }, false],
    [own, { Referer: 'http://evil.example/' }, false],
    [own, { Referer: 'nonsense' }, false],
    // A name that its owner points at this machine (DNS rebinding).
    ['evil.example:8080', { Origin: 'http://evil.example:8080', 'Sec-Fetch-Site': 'same-origin' }, false],
  ])('from %s with %j is taken: %s', async (host, headers, taken) => {
    const { status } = await ask({ ...post, headers: { Host: host, ...headers }, body: 'kind=consent' });
    expect(status).toBe(taken ? 303 : 403);
    expect(marks).toHaveLength(taken ? 1 : 0);
  });
});

describe('A defect', () => {
  it('is answered with status 500 and told to the proxy, never thrown', async () => {
    const broken = {
      ...facts,
      counts: () => {
        throw new Error('counts broke');
      },
    };
    expect((await ask({ target: '/' }, broken)).status).toBe(500);
    expect(defects).toEqual([new Error('counts broke')]);
  });
});
