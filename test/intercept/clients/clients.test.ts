import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { listen, type RunningProxy, serverAuthority, startProxy } from '../harness.ts';

/** Clients that nobody here wrote, each with its own idea of the protocols; one that is not on the machine is skipped and says so. */

const folder = mkdtempSync(join(tmpdir(), 'telltale-clients-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HOST = 'client.example';
const BODY = '{"imei":"867532051234567"}';

function has(command: string, ...args: string[]): boolean {
  const found = spawnSync(command, args).status === 0;
  if (!found) process.stderr.write(`skipped: ${command} ${args.join(' ')} does not run on this machine\n`);
  return found;
}

/** A server that speaks HTTP/1.1 and HTTP/2 and sends back what it got. */
async function startEcho(): Promise<RunningProxy> {
  const server = createSecureServer(
    { allowHTTP1: true, SNICallback: (_, done) => done(null, serverAuthority().secureContextFor(HOST)) },
    (request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'x-version': request.httpVersion });
      request.on('data', (bytes: Buffer) => response.write(bytes));
      request.on('end', () => response.end());
    },
  );
  server.on('sessionError', () => {});
  const port = await listen(server as unknown as Server);
  return startProxy({ resolve: new Map([[HOST, { host: '127.0.0.1', port }]]) });
}

async function run(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; text: string }> {
  const child = spawn(command, args, { cwd: folder, env: { ...process.env, ...env } });
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => {
    text += bytes.toString();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    text += bytes.toString();
  });
  return new Promise((done) => child.on('close', (code) => done({ code, text })));
}

/** The client's body came through whole, and the audit heard it. */
async function heard(proxy: RunningProxy, version: string): Promise<void> {
  const ended = await proxy.event('exchange-ended');
  expect(ended.error).toBeNull();
  expect(proxy.all('request-started')[0]?.head).toMatchObject({ host: HOST, scheme: 'https', httpVersion: version });
  expect(proxy.body(ended.exchange, 'request').toString()).toBe(BODY);
  expect(proxy.body(ended.exchange, 'response').toString()).toBe(BODY);
  expect(proxy.gaps()).toEqual([]);
}

const url = `https://${HOST}/echo`;

describe('curl', () => {
  it.skipIf(!has('curl', '--version')).each([
    ['HTTP/1.1', ['--http1.1', '-x', 'http://127.0.0.1:PORT'], '1.1'],
    ['HTTP/2', ['--http2', '-x', 'http://127.0.0.1:PORT'], '2'],
    ['SOCKS5', ['--http1.1', '-x', 'socks5h://127.0.0.1:PORT'], '1.1'],
  ])('goes through by %s', async (_, flags, version) => {
    const proxy = await startEcho();
    const args = flags.map((flag) => flag.replace('PORT', String(proxy.port)));
    const { code, text } = await run('curl', [
      '-sS',
      '-m',
      '20',
      '--cacert',
      proxy.authority.path,
      ...args,
      '--data-binary',
      BODY,
      url,
    ]);
    expect([code, text]).toEqual([0, BODY]);
    await heard(proxy, version);
  });

  it.skipIf(!has('curl', '--version'))('that does not know our authority says so with an alert', async () => {
    const proxy = await startEcho();
    const { code } = await run('curl', [
      '-sS',
      '-m',
      '20',
      '--cacert',
      serverAuthority().path,
      '-x',
      `http://127.0.0.1:${proxy.port}`,
      url,
    ]);
    expect(code).toBe(60);
    expect(await proxy.event('gap')).toMatchObject({ gap: { kind: 'tls-rejected' }, facts: { cause: 'unknown-ca' } });
  });
});

describe('wget', () => {
  it.skipIf(!has('wget', '--version'))('goes through', async () => {
    const proxy = await startEcho();
    const flags = [
      '-q',
      '-O',
      '-',
      '-T',
      '20',
      '-t',
      '1',
      `--ca-certificate=${proxy.authority.path}`,
      '-e',
      'use_proxy=yes',
      '-e',
      `https_proxy=http://127.0.0.1:${proxy.port}`,
    ];
    const { code, text } = await run('wget', [...flags, `--post-data=${BODY}`, url]);
    expect([code, text]).toEqual([0, BODY]);
    await heard(proxy, '1.1');
  });
});

describe('Python urllib', () => {
  it.skipIf(!has('python3', '-c', 'import ssl'))('goes through', async () => {
    const proxy = await startEcho();
    const program = `
import ssl, urllib.request
opener = urllib.request.build_opener(
    urllib.request.ProxyHandler({"https": "http://127.0.0.1:${proxy.port}"}),
    urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=${JSON.stringify(proxy.authority.path)})))
print(opener.open(${JSON.stringify(url)}, data=${JSON.stringify(BODY)}.encode(), timeout=20).read().decode(), end="")`;
    const { code, text } = await run('python3', ['-c', program]);
    expect([code, text]).toEqual([0, BODY]);
    await heard(proxy, '1.1');
  });
});

describe('Java', () => {
  it.skipIf(!has('javac', '-version'))('HttpsURLConnection goes through', { timeout: 120_000 }, async () => {
    const proxy = await startEcho();
    writeFileSync(
      join(folder, 'Client.java'),
      `import java.io.*; import java.net.*; import javax.net.ssl.*;
public class Client {
  public static void main(String[] a) throws Exception {
    Proxy proxy = new Proxy(Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", Integer.parseInt(a[0])));
    HttpsURLConnection c = (HttpsURLConnection) new URL("${url}").openConnection(proxy);
    c.setRequestMethod("POST"); c.setDoOutput(true);
    c.getOutputStream().write(${JSON.stringify(BODY)}.getBytes());
    System.out.write(c.getInputStream().readAllBytes()); System.out.flush();
  }
}`,
    );
    writeFileSync(join(folder, 'ca.pem'), readFileSync(proxy.authority.path));
    rmSync(join(folder, 'trust.p12'), { force: true });
    await run('keytool', [
      '-importcert',
      '-noprompt',
      '-alias',
      'ca',
      '-file',
      'ca.pem',
      '-keystore',
      'trust.p12',
      '-storetype',
      'PKCS12',
      '-storepass',
      'changeit',
    ]);
    expect(await run('javac', ['Client.java'])).toMatchObject({ code: 0 });
    const { code, text } = await run('java', [
      '-Djavax.net.ssl.trustStore=trust.p12',
      '-Djavax.net.ssl.trustStorePassword=changeit',
      '-cp',
      folder,
      'Client',
      String(proxy.port),
    ]);
    expect([code, text]).toEqual([0, BODY]);
    await heard(proxy, '1.1');
  });
});

describe('Chromium', () => {
  const chromium = '/usr/bin/chromium';
  if (!existsSync(chromium)) process.stderr.write(`skipped: ${chromium} is not on this machine\n`);
  it.skipIf(!existsSync(chromium))('goes through with HTTP/2', { timeout: 120_000 }, async () => {
    const proxy = await startEcho();
    const { chromium: launcher } = await import('playwright-core');
    const browser = await launcher.launch({
      executablePath: chromium,
      // Chromium trusts no file of ours without a profile store; what is checked here is the protocol, not the trust.
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--ignore-certificate-errors',
      ],
      proxy: { server: `http://127.0.0.1:${proxy.port}`, bypass: '<-loopback>' },
    });
    try {
      const page = await browser.newPage({ ignoreHTTPSErrors: true });
      await page.goto(url, { waitUntil: 'commit' });
      const echoed = await page.evaluate(
        `fetch('/echo', { method: 'POST', body: ${JSON.stringify(BODY)} }).then((r) => r.text())`,
      );
      expect(echoed).toBe(BODY);
    } finally {
      await browser.close();
    }
    const post = proxy.all('request-started').find(({ head }) => head.method === 'POST' && head.host === HOST);
    expect(post?.head.httpVersion).toBe('2');
    expect(proxy.body(post?.exchange ?? 0, 'request').toString()).toBe(BODY);
  });
});
