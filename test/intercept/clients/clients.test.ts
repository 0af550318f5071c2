import { spawn, spawnSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { distinguishedName, encodeCertificate, leafExtensions } from '../../../src/intercept/certificate.ts';
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

/** A certificate for the client's host, as files of other programs want it. */
function pemPair(): { certificate: string; key: string } {
  const signing = createPrivateKey(readFileSync(serverAuthority().path.replace('ca.pem', 'ca.key')));
  const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const issuer = distinguishedName(
    'telltale',
    `telltale CA ${/telltale CA (\w+)/.exec(new X509Certificate(serverAuthority().certificatePem).subject)?.[1]}`,
  );
  const der = encodeCertificate(
    {
      subject: distinguishedName('test', HOST),
      issuer,
      notBefore: Date.now() - 86_400_000,
      notAfter: Date.now() + 86_400_000,
      publicKey: pair.publicKey,
      extensions: leafExtensions(HOST, pair.publicKey, createPublicKey(signing)),
    },
    signing,
  );
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const url = `https://${HOST}/echo`;

describe('curl', () => {
  it.skipIf(!has('curl', '--version')).each([
    ['HTTP/1.1', ['--http1.1', '-x', 'http://127.0.0.1:PORT'], '1.1'],
    ['HTTP/2', ['--http2', '-x', 'http://127.0.0.1:PORT'], '2'],
    ['SOCKS5', ['--http1.1', '-x', 'socks5h://127.0.0.1:PORT'], '1.1'],
    ['an HTTPS proxy', ['--http2', '-x', 'https://127.0.0.1:PORT', '--proxy-cacert', 'CA'], '2'],
  ])('goes through by %s', async (_, flags, version) => {
    const proxy = await startEcho();
    const args = flags.map((flag) => flag.replace('PORT', String(proxy.port)).replace(/^CA$/, proxy.authority.path));
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

describe('OkHttp', () => {
  const jars = ['okhttp', 'okio'].map((name) => `/usr/share/java/${name}.jar`);
  const there = has('javac', '-version') && jars.every((jar) => existsSync(jar));
  if (!there) process.stderr.write(`skipped: OkHttp needs ${jars.join(' and ')}\n`);
  it.skipIf(!there)(
    'goes through with HTTP/2, and its pinned twin is seen to refuse',
    { timeout: 120_000 },
    async () => {
      const proxy = await startEcho();
      writeFileSync(
        join(folder, 'Ok.java'),
        `import java.io.*; import java.net.*; import java.security.*; import java.security.cert.*; import javax.net.ssl.*; import okhttp3.*;
public class Ok {
  public static void main(String[] a) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType()); store.load(null, null);
    store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(new FileInputStream(a[1])));
    TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm()); factory.init(store);
    X509TrustManager trust = (X509TrustManager) factory.getTrustManagers()[0];
    SSLContext context = SSLContext.getInstance("TLS"); context.init(null, new TrustManager[] { trust }, null);
    OkHttpClient.Builder builder = new OkHttpClient.Builder().sslSocketFactory(context.getSocketFactory(), trust)
      .proxy(new java.net.Proxy(java.net.Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", Integer.parseInt(a[0]))));
    Request request = new Request.Builder().url("${url}").post(RequestBody.create(null, ${JSON.stringify(BODY)}.getBytes())).build();
    System.out.print(builder.build().newCall(request).execute().body().string()); System.out.flush();
    CertificatePinner pins = new CertificatePinner.Builder().add("${HOST}", "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").build();
    try { builder.certificatePinner(pins).build().newCall(request).execute(); System.out.print("NOT REFUSED"); }
    catch (SSLPeerUnverifiedException expected) { System.out.print(" pinned"); }
    System.out.flush(); System.exit(0);
  }
}`,
      );
      const path = [folder, ...jars].join(':');
      expect(await run('javac', ['-cp', path, 'Ok.java'])).toMatchObject({ code: 0 });
      const { code, text } = await run('java', ['-cp', path, 'Ok', String(proxy.port), proxy.authority.path]);
      expect([code, text]).toEqual([0, `${BODY} pinned`]);
      const refused = await proxy.event('gap');
      expect(refused).toMatchObject({
        host: HOST,
        gap: { kind: 'tls-rejected' },
        facts: { cause: 'closed-after-handshake' },
      });
      const [first] = proxy.all('request-started');
      expect(first?.head.httpVersion).toBe('2');
      expect(proxy.body(first?.exchange ?? 0, 'request').toString()).toBe(BODY);
    },
  );
});

describe('gRPC from Python', () => {
  const python = '/usr/bin/python3';
  it.skipIf(!has(python, '-c', 'import grpc'))(
    'goes through, unary and streaming, message by message',
    { timeout: 60_000 },
    async () => {
      const proxy = await startProxy();
      const program = `
import grpc, concurrent.futures, sys
raw = lambda b: b
def one(request, context):
    context.set_trailing_metadata((("x-trailer", "yes"),))
    return b"re:" + request
def many(requests, context):
    for request in requests: yield b"re:" + request
class Handler(grpc.GenericRpcHandler):
    def service(self, details):
        if details.method.endswith("One"): return grpc.unary_unary_rpc_method_handler(one, raw, raw)
        return grpc.stream_stream_rpc_method_handler(many, raw, raw)
server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
server.add_generic_rpc_handlers((Handler(),))
key, cert = open(sys.argv[2], "rb").read(), open(sys.argv[3], "rb").read()
port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials(((key, cert),)))
server.start()
print(port, flush=True)
proxy = sys.stdin.readline().strip()
credentials = grpc.ssl_channel_credentials(open(sys.argv[1], "rb").read())
options = (("grpc.http_proxy", "http://" + proxy), ("grpc.ssl_target_name_override", "${HOST}"), ("grpc.default_authority", "${HOST}"))
channel = grpc.secure_channel("127.0.0.1:%d" % port, credentials, options)
answer, call = channel.unary_unary("/t.T/One", raw, raw).with_call(b"hello", timeout=20)
print(answer.decode(), dict(call.trailing_metadata())["x-trailer"], flush=True)
print([m.decode() for m in channel.stream_stream("/t.T/Many", raw, raw)(iter([b"a", b"b"]), timeout=20)], flush=True)
channel.close(); server.stop(None)`;
      const { certificate, key } = pemPair();
      writeFileSync(join(folder, 'server.pem'), certificate);
      writeFileSync(join(folder, 'server.key'), key);
      const child = spawn(python, ['-c', program, proxy.authority.path, 'server.key', 'server.pem'], {
        cwd: folder,
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      let text = '';
      child.stdout.on('data', (bytes: Buffer) => {
        text += bytes.toString();
        if (/^\d+\n$/.test(text)) child.stdin.end(`127.0.0.1:${proxy.port}\n`);
      });
      const code = await new Promise((done) => child.on('close', done));
      expect([code, text.replace(/^\d+\n/, '')]).toEqual([0, "re:hello yes\n['re:a', 're:b']\n"]);
      await proxy.event('exchange-ended', ({ exchange }) => exchange === 2);
      const messages = proxy
        .all('message')
        .map(({ exchange, direction, bytes }) => `${exchange} ${direction} ${Buffer.from(bytes).toString()}`);
      expect(messages.toSorted()).toEqual([
        '1 request hello',
        '1 response re:hello',
        '2 request a',
        '2 request b',
        '2 response re:a',
        '2 response re:b',
      ]);
      expect(proxy.all('response-ended')[0]?.trailers).toContainEqual(['x-trailer', 'yes']);
    },
  );
});
