import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { EvidenceReader } from '../../src/evidence/evidence-reader.ts';
import { startCapture } from '../kit/capture.ts';
import { PROFILE, writeProfile } from '../kit/profile.ts';
import { run } from '../kit/run.ts';
import { telltale } from '../kit/telltale.ts';

const HOST = 'ulogs.umeng.com';
const imei = PROFILE.identifiers.imei[0];
const md5 = createHash('md5').update(imei).digest('hex');

const POLICY = `测试应用隐私政策
更新日期：2026年1月5日
我们接入的第三方SDK列表
SDK名称：友盟统计SDK
收集个人信息类型：Android ID、OAID
用途：统计分析
`;

const capture = () =>
  startCapture(
    (_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('{"success":true}');
    },
    { hosts: [HOST], options: (folder) => ['--capture', 'first', '--device', writeProfile(folder)] },
  );

describe('a client that nobody here wrote', () => {
  it('curl: an MD5 of the IMEI in a gzip JSON is found, attributed and proven', async () => {
    const { folder, db, proxy, caFile } = await capture();
    const body = gzipSync(JSON.stringify({ header: { appkey: 'x', idmd5: md5 }, content: 'hello' }));
    writeFileSync(join(folder, 'body.gz'), body);
    const curl = await run(
      'curl',
      [
        '-sS',
        '--proxy',
        `http://127.0.0.1:${proxy.port}`,
        '--cacert',
        caFile,
        '--data-binary',
        `@${join(folder, 'body.gz')}`,
      ].concat(['-H', 'Content-Type: application/json', '-H', 'Content-Encoding: gzip', `https://${HOST}/unify_logs`]),
    );
    expect(curl.stderr).toBe('');
    expect(curl.stdout).toBe('{"success":true}');
    expect((await proxy.stop()).status).toBe(0);

    const answer = telltale('findings', '--db', db, '--format', 'json');
    const findings = JSON.parse(answer.stdout) as Record<string, unknown>[];
    expect(findings).toHaveLength(1);
    const [finding] = findings;
    expect(finding).toMatchObject({
      capture: 'first',
      recipient: { kind: 'sdk', id: 'umeng' },
      host: HOST,
      method: 'POST',
      url: `https://${HOST}/unify_logs`,
      direction: 'request',
      place: 'body',
      field: 'header.idmd5',
      decode_chain: ['gzip', 'json:header.idmd5'],
      length: 32,
      data_type: 'imei',
      transform: 'md5-hex',
      match: 'known-value',
      phase: 'unknown',
    });
    expect(answer.stdout).not.toContain(imei);

    const reader = EvidenceReader.open(db);
    const exchanges = [...reader.exchanges({ capture: null, limit: null })];
    const stored = reader.body(exchanges[0]?.requestBody?.sha256 ?? '') as Uint8Array;
    reader.close();
    expect(Buffer.from(stored)).toEqual(body);
    const { offset, length } = finding as { offset: number; length: number };
    expect(
      gunzipSync(stored)
        .subarray(offset, offset + length)
        .toString(),
    ).toBe(md5);
    for (const file of [db, join(folder, 'certs', 'ca.key')]) expect(statSync(file).mode & 0o777, file).toBe(0o600);
  });

  it('the verdict names what the policy does not', async () => {
    const { folder, db, proxy, caFile } = await capture();
    const body = JSON.stringify({ imei, android_id: PROFILE.identifiers.android_id[0] });
    await run('curl', [
      '-sS',
      '--proxy',
      `http://127.0.0.1:${proxy.port}`,
      '--cacert',
      caFile,
      '-d',
      body,
      '-H',
      'Content-Type: application/json',
      `https://${HOST}/unify_logs`,
    ]);
    await proxy.stop();
    const policy = join(folder, 'policy.txt');
    writeFileSync(policy, POLICY);

    const answer = telltale('compare', '--db', db, '--policy', policy, '--format', 'json');
    expect(answer.stderr).toBe('');
    const { verdicts } = JSON.parse(answer.stdout) as {
      verdicts: {
        recipient: { id: string };
        data_type: string;
        declared: string;
        verdict: string;
        exchanges: number[];
      }[];
    };
    const of = (type: string) =>
      verdicts.find((verdict) => verdict.recipient.id === 'umeng' && verdict.data_type === type);
    expect(of('imei')).toMatchObject({ declared: 'omitted', verdict: 'undeclared', exchanges: [1] });
    expect(of('android_id')).toMatchObject({ declared: 'clear', verdict: 'consistent', exchanges: [1] });
    expect(of('oaid')).toMatchObject({ declared: 'clear', verdict: 'unobserved', exchanges: [] });

    const table = telltale('compare', '--db', db, '--policy', policy);
    expect(table.status).toBe(0);
    expect(table.stdout).toMatch(/友盟\+? +IMEI +未声明 +1 次/);
    const gate = telltale('compare', '--db', db, '--policy', policy, '--fail-on', 'undeclared');
    expect(gate.status).toBe(1);
    const html = join(folder, 'report.html');
    expect(telltale('report', '--db', db, '--policy', policy, '--format', 'html', '-o', html).status).toBe(0);
    expect(statSync(html).size).toBeGreaterThan(5_000);
  });

  const java = spawnSync('javac', ['-version']).status === 0;
  it.skipIf(!java)(
    `Java: a MAC address in a form is found${java ? '' : ' (skipped: no JDK on this machine)'}`,
    async () => {
      const { folder, db, proxy, caFile } = await capture();
      const store = join(folder, 'trust.p12');
      execFileSync(
        'keytool',
        [
          '-importcert',
          '-noprompt',
          '-alias',
          'telltale',
          '-file',
          caFile,
          '-keystore',
          store,
          '-storepass',
          'changeit',
          '-storetype',
          'PKCS12',
        ],
        { stdio: 'ignore' },
      );
      writeFileSync(join(folder, 'Post.java'), JAVA_CLIENT);
      const sent = await run('java', [
        `-Djavax.net.ssl.trustStore=${store}`,
        '-Djavax.net.ssl.trustStorePassword=changeit',
        join(folder, 'Post.java'),
        String(proxy.port),
        `https://${HOST}/unify_logs`,
        'mac=A4%3A50%3A46%3A1B%3A2C%3A3D',
      ]);
      expect(sent.stdout.trim(), sent.stderr).toBe('200');
      await proxy.stop();
      const findings = JSON.parse(telltale('findings', '--db', db, '--format', 'json').stdout) as Record<
        string,
        unknown
      >[];
      expect(findings).toMatchObject([
        { recipient: { id: 'umeng' }, data_type: 'mac_address', place: 'body', field: 'mac' },
      ]);
    },
  );

  it('has curl to test with', () => {
    expect(existsSync('/usr/bin/curl')).toBe(true);
  });
});

const JAVA_CLIENT = `
import java.io.OutputStream;
import java.net.*;

public class Post {
  public static void main(String[] arguments) throws Exception {
    Proxy proxy = new Proxy(Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])));
    HttpURLConnection connection = (HttpURLConnection) new URL(arguments[1]).openConnection(proxy);
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.setRequestProperty("Content-Type", "application/x-www-form-urlencoded");
    try (OutputStream out = connection.getOutputStream()) {
      out.write(arguments[2].getBytes("US-ASCII"));
    }
    System.out.println(connection.getResponseCode());
  }
}
`;
