import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/model/comparison.ts';
import { lampFiles } from '../audit/lamp.ts';
import { START } from '../evidence/samples.ts';
import { telltale } from './telltale.ts';

const { folder, db, policy } = lampFiles();

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
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('本次检测没有盲区：所有通信均已检查。');
    expect(telltale(compareArgs('--language', 'en')).stdout).toMatch(/^Recipient +Data type/);
  });

  it.each([
    [['--fail-on', 'undeclared-recipient'], 1, 'condition met: undeclared-recipient × 1'],
    [['--fail-on', 'cleartext'], 0, ''],
    [['--fail-on', 'before-consent'], 0, '--fail-on before-consent could not be decided (missing: consent-mark)'],
    [['--fail-on', ','], 2, '--fail-on: nothing is named'],
    [['--fail-on', 'nonsense'], 2, '--fail-on: nonsense is neither a verdict nor a rule'],
    [['--consent-after', 'soon'], 2, 'soon is no number of seconds'],
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
    expect(telltale(compareArgs('--baseline', earlier)).stdout).toContain('新增：tracker.example：OAID (接收方未声明 ');
  });

  it('takes a comparison that was made with a baseline as the next baseline', () => {
    const [first, second] = ['chain-1.json', 'chain-2.json'].map((name) => join(folder, name)) as [string, string];
    writeFileSync(first, telltale(compareArgs('--format', 'json')).stdout);
    writeFileSync(second, telltale(compareArgs('--format', 'json', '--baseline', first)).stdout);
    const third = telltale(compareArgs('--format', 'json', '--baseline', second));
    expect(JSON.parse(third.stdout)).toMatchObject({ verdicts: [], baseline: { new: [], changed: [], gone: [] } });
  });

  it('follows marks that are added, withdrawn and set right after the capture', () => {
    const own = join(folder, 'marked.db');
    cpSync(db, own);
    const mark = (...args: string[]) => telltale(['mark', ...args, '--db', own]);
    const phases = () => {
      const { stdout } = telltale(['compare', '--db', own, '--policy', policy, '--format', 'json']);
      return (JSON.parse(stdout) as Comparison).verdicts.find(({ data_type }) => data_type === 'imei')?.phases;
    };
    const early = new Date(START).toISOString();
    expect(mark('consent', '--at', early).status).toBe(0);
    expect(phases()).toEqual({ 'after-consent': 1 });
    const number = /^(\d+) +\S+ +consent/m.exec(mark().stdout)?.[1] as string;
    expect(mark('withdraw', number).stderr).toContain(`withdrawn: consent at ${early}`);
    expect([phases(), mark().stdout]).toEqual([{ unknown: 1 }, 'no marks\n']);
    expect(mark('withdraw', number)).toMatchObject({ status: 2, stderr: expect.stringContaining('It has: none') });
    mark('consent', '--at', new Date(START + 60_000).toISOString());
    expect(phases()).toEqual({ 'before-consent': 1 });
    expect(telltale(['verify', '--db', own]).status).toBe(0);
  });
});

describe('telltale report', () => {
  it('writes a file, and nothing to the terminal', () => {
    const file = join(folder, 'report.html');
    const { status, stdout, stderr } = telltale(['report', '--db', db, '--policy', policy, '-o', file]);
    expect([status, stdout, stderr]).toEqual([0, '', '']);
    expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>[\s\S]*tracker\.example[\s\S]*<\/html>\n$/);
  });

  it('needs no policy, and prints where no file is named', () => {
    const { status, stdout } = telltale(['report', '--db', db, '--format', 'md', '--language', 'en']);
    expect(status).toBe(0);
    expect(stdout).toContain('No privacy policy was given to compare with.');
  });

  it('leaves nothing behind where it cannot write', () => {
    const file = join(folder, 'no-such-folder', 'report.html');
    const { status, stderr } = telltale(['report', '--db', db, '-o', file]);
    expect(status).toBe(2);
    expect(stderr).toContain(`Cannot write ${file}`);
    expect(existsSync(join(folder, 'no-such-folder'))).toBe(false);
  });
});

describe('telltale report', () => {
  const reportArgs = (file: string, format: string) => [
    'report',
    ...['--db', file, '--policy', policy, '--format', format, '--capture', 'second'],
  ];

  it.each(['html', 'json', 'csv'])('gives the same bytes in every time zone and locale: %s', (format) => {
    const here = telltale(reportArgs(db, format), { env: { TZ: 'UTC', LC_ALL: 'C' } });
    const there = telltale(reportArgs(db, format), {
      env: { TZ: 'Asia/Kathmandu', LC_ALL: 'zh_CN.UTF-8', LANG: 'ar' },
    });
    expect(here.status, here.stderr).toBe(0);
    expect(there.stdout).toBe(here.stdout);
  });

  it('gives the same bytes of a capture that went through a bundle, but for the numbers of its rows', () => {
    const [bundle, alone, again] = ['b.telltale', 'alone.db', 'again.db'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    telltale(['export', '--db', db, '--capture', 'second', '-o', bundle]);
    telltale(['import', bundle, '--db', alone]);
    telltale(['export', '--db', alone, '-o', `${bundle}.2`]);
    telltale(['import', `${bundle}.2`, '--db', again]);
    const first = telltale(reportArgs(alone, 'json'));
    expect(first.status, first.stderr).toBe(0);
    expect(telltale(reportArgs(again, 'json')).stdout).toBe(first.stdout);
  });
});
