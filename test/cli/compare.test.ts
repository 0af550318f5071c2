import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EvidenceWriter } from '../../src/evidence/evidence-writer.ts';
import type { Comparison } from '../../src/model/comparison.ts';
import { aDetection, anExchange, START } from '../evidence/samples.ts';
import { telltale } from './telltale.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-compare-'));
const db = join(folder, 'night.db');
const policy = join(folder, 'policy.txt');
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  const writer = EvidenceWriter.open(db);
  for (const name of ['first', 'second']) {
    const capture = writer.beginCapture({
      name,
      startedAt: START,
      app: 'com.example.lamp',
      deviceName: 'redmi-k40',
      facts: { version: '0.1.0' },
    });
    const exchange = (changes: Parameters<typeof anExchange>[1]) => anExchange(capture, changes);
    writer.addExchange(
      exchange({ findings: [aDetection(), aDetection({ dataType: 'mac_address', value: 'a45046000001' })] }),
    );
    writer.addExchange(
      exchange({
        startedAt: START + 30_000,
        endedAt: START + 30_100,
        recipient: { kind: 'third-party', id: 'tracker.example', name: 'tracker.example' },
        findings: name === 'second' ? [aDetection({ dataType: 'oaid', value: '2e66865617a9bf39' })] : [],
      }),
    );
  }
  writer.close();
  writeFileSync(
    policy,
    `明灯App隐私政策
更新日期：2026年1月1日
我们收集您的手机号，用于注册账号。
第三方SDK目录
SDK名称：友盟+SDK
使用目的：统计分析
收集个人信息类型：IMEI
隐私政策链接：https://www.umeng.com/page/policy
SDK名称：个推推送SDK
使用目的：消息推送
收集个人信息类型：Android ID
`,
  );
});

const compareArgs = (...more: string[]) => ['compare', '--db', db, '--policy', policy, ...more];

/** `umeng imei consistent`, one line a verdict. */
function lines(stdout: string): string[] {
  const { verdicts } = JSON.parse(stdout) as Comparison;
  return verdicts.map(({ recipient, data_type, verdict }) => `${recipient.id} ${data_type} ${verdict}`);
}

describe('telltale compare', () => {
  it('prints the comparison of the latest capture as JSON, and nothing else', () => {
    const { status, stdout, stderr } = telltale(compareArgs('--format', 'json'));
    expect([status, stderr]).toEqual([0, '']);
    expect(lines(stdout)).toEqual([
      'com.example.lamp phone_number unobserved',
      'getui android_id unobserved',
      'umeng imei consistent',
      'umeng mac_address undeclared',
      'tracker.example oaid undeclared-recipient',
    ]);
    const comparison = JSON.parse(stdout) as Comparison;
    expect(comparison).toMatchObject({ app: 'com.example.lamp', capture: 'second', policy });
    expect(comparison.verdicts[2]).toMatchObject({
      declared: 'clear',
      observed: true,
      count: 1,
      first_seen: new Date(START + 1_000).toISOString(),
      exchanges: [3],
    });
    expect(readFileSync(policy, 'utf8')).toContain(comparison.verdicts[2]?.declared_quote);
    expect(comparison.verdicts[4]?.violations.map(({ rule }) => rule)).toContain('R4');
  });

  it('judges the capture asked for', () => {
    const { stdout } = telltale(compareArgs('--format', 'json', '--capture', 'first'));
    expect(lines(stdout)).not.toContain('tracker.example oaid undeclared-recipient');
  });

  it('prints a table in the policy’s language, with what was not seen below', () => {
    const { stdout } = telltale(compareArgs());
    expect(stdout).toMatch(/^接收方 +信息类型 +政策原文/);
    expect(stdout).toMatch(/友盟.*IMEI +明确声明 +1 次 .*一致/);
    expect(stdout).toContain('本次检测没有盲区');
    expect(telltale(compareArgs('--language', 'en')).stdout).toMatch(/^Recipient +Data type/);
  });

  it.each([
    [['--fail-on', 'undeclared-recipient'], 1, 'condition met: undeclared-recipient × 1'],
    [['--fail-on', 'cleartext'], 0, ''],
    [['--severity-threshold', 'high'], 1, 'condition met:'],
    [['--fail-on', 'before-consent', '--consent-after', '60'], 1, 'before-consent × 3'],
    [['--fail-on', 'before-consent', '--consent-after', '0'], 0, ''],
    [['--fail-on', 'nonsense'], 2, '--fail-on: nonsense is neither a verdict nor a rule'],
    [['--category', 'nonsense'], 2, '--category: there is no kind of app named nonsense'],
    [['--consent-after', 'soon'], 2, 'soon is no number of seconds'],
    [['--capture', 'third'], 2, 'holds no capture named third'],
    [['--mmdb', join(folder, 'gone.mmdb')], 2, 'Cannot read'],
    [['--baseline', policy], 2, 'JSON expected'],
    [['--policy', join(folder, 'gone.txt')], 2, 'Cannot read'],
    [['--db', join(folder, 'gone.db')], 2, 'There is no evidence file'],
  ])('with %j ends with %i: %s', (more, status, message) => {
    const outcome = telltale([...compareArgs(), ...more]);
    expect(outcome.status, outcome.stderr).toBe(status);
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr.trimEnd().split('\n').length).toBe(1);
  });

  it('with a baseline says only what is new, gone or changed, and fails only on that', () => {
    const earlier = join(folder, 'earlier.json');
    writeFileSync(earlier, telltale(compareArgs('--format', 'json', '--capture', 'first')).stdout);
    const same = telltale(
      compareArgs('--format', 'json', '--capture', 'first', '--baseline', earlier, '--fail-on', 'undeclared'),
    );
    expect([same.status, lines(same.stdout)]).toEqual([0, []]);
    const now = telltale(compareArgs('--format', 'json', '--baseline', earlier, '--fail-on', 'undeclared'));
    expect([now.status, lines(now.stdout)]).toEqual([1, ['tracker.example oaid undeclared-recipient']]);
    expect(now.stderr).toContain('condition met: undeclared-recipient × 1');
    expect(telltale(compareArgs('--baseline', earlier)).stdout).toContain('新增：tracker.example: oaid');
  });
});

describe('telltale report', () => {
  it.each(['html', 'md', 'json', 'csv', 'sarif', 'junit'])('writes %s, the same bytes each time', (format) => {
    const file = join(folder, `report.${format}`);
    const args = ['report', '--db', db, '--policy', policy, '--format', format];
    const { status, stdout, stderr } = telltale([...args, '-o', file]);
    expect([status, stdout, stderr]).toEqual([0, '', '']);
    const text = readFileSync(file, 'utf8');
    expect(text).toBe(telltale(args).stdout);
    expect(text).toContain('tracker.example');
    expect(text).not.toContain('867532051234567');
  });

  it('needs no policy', () => {
    const { status, stdout } = telltale(['report', '--db', db, '--language', 'en']);
    expect(status).toBe(0);
    expect(stdout).toContain('undecided');
  });

  it('leaves nothing behind where it cannot write', () => {
    const file = join(folder, 'no-such-folder', 'report.html');
    const { status, stderr } = telltale(['report', '--db', db, '-o', file]);
    expect(status).toBe(2);
    expect(stderr).toContain(`Cannot write ${file}`);
    expect(existsSync(join(folder, 'no-such-folder'))).toBe(false);
  });
});
