import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { telltale } from './telltale.ts';

describe('telltale signatures match', () => {
  const urls = [
    'https://ulogs.umeng.com/unify_logs',
    'https://www.umeng.com/',
    'not a URL',
    'https://stats.jpush.cn/v3/report',
    'https://ulogs.umeng.com/unify_logs',
  ];
  const answers = urls.map((url, at) => ({ url, id: ['umeng', null, null, 'jpush', 'umeng'][at] }));
  const lines = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);

  it('prints one answer a URL, in order, as JSON lines', () => {
    const { status, stdout, stderr } = telltale(['signatures', 'match', '--format', 'jsonl', ...urls]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(lines(stdout)).toEqual(answers);
  });

  it('reads URLs from stdin, also with Windows line ends and without a last one', () => {
    const { stdout } = telltale(['signatures', 'match', '-', '--format', 'jsonl'], { input: urls.join('\r\n') });
    expect(lines(stdout)).toEqual(answers);
  });

  it('reads a list that begins with a byte order mark', () => {
    const { stdout } = telltale(['signatures', 'match', '-', '--format', 'jsonl'], {
      input: `\uFEFF${urls.join('\n')}`,
    });
    expect(lines(stdout)).toEqual(answers);
  });

  it('answers every line, so that answers and lines stay side by side', () => {
    const { stdout } = telltale(['signatures', 'match', '-', '--format', 'jsonl'], {
      input: `${urls[0]}\n\n  ${urls[0]} \n`,
    });
    expect(lines(stdout)).toEqual([
      { url: urls[0], id: 'umeng' },
      { url: '', id: null },
      { url: `  ${urls[0]} `, id: 'umeng' },
    ]);
  });

  it('takes many lines at once', () => {
    const input = Array.from({ length: 20_000 }, (_, at) => `https://ulogs.umeng.com/unify_logs?n=${at}\n`).join('');
    const { stdout } = telltale(['signatures', 'match', '-', '--format', 'jsonl'], { input });
    expect(stdout.match(/"id":"umeng"/g)).toHaveLength(20_000);
  });

  it('says why, for people', () => {
    const { stdout } = telltale(['signatures', 'match', urls[0] as string]);
    expect(stdout).toContain('host ulogs.umeng.com is a rule of umeng');
  });
});

describe('telltale signatures list, show and lint', () => {
  it('list every signature', () => {
    const { stdout } = telltale(['signatures', 'list', '--format', 'json']);
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ id: 'umeng', network: 'https' }));
  });

  it('show one with its sources, and refuse one that is none', () => {
    const { stdout } = telltale(['signatures', 'show', 'umeng']);
    expect(JSON.parse(stdout)).toMatchObject({ id: 'umeng', hosts: expect.anything() });
    const refused = telltale(['signatures', 'show', 'nosuch']);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('No signature has the id nosuch');
  });

  it('lint with 0 when all is well, 1 when a signature is refused, 2 when a file cannot be read', () => {
    expect(telltale(['signatures', 'lint'])).toMatchObject({ status: 0, stdout: 'All signatures hold.\n' });
    const folder = mkdtempSync(join(tmpdir(), 'telltale-cli-'));
    mkdirSync(join(folder, 'sdks'));
    const file = join(folder, 'sdks', 'acme.json');
    const acme = {
      id: 'acme',
      name: 'Acme',
      names: { zh: null, en: null },
      aliases: [],
      packages: [],
      vendor: { name: 'Acme', country: null, domains: [] },
      category: 'ads',
      network: 'unknown',
      hosts: [],
      sources: [],
      checked_on: '2026-11-21',
      samples: { match: [], miss: [] },
    };
    writeFileSync(file, JSON.stringify(acme));
    const refused = telltale(['signatures', 'lint', '--signatures', folder, '--format', 'jsonl']);
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain('"place":"/why"');
    writeFileSync(file, '{');
    const unreadable = telltale(['signatures', 'lint', '--signatures', folder]);
    expect(unreadable.status).toBe(2);
    expect(unreadable.stderr).toMatch(/acme\.json: whole file: JSON expected/);
    rmSync(folder, { recursive: true });
  });

  it('refuse a form that is none', () => {
    expect(telltale(['signatures', 'list', '--format', 'xml']).status).toBe(2);
  });
});
