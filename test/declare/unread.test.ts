import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readPolicy } from '../../src/declare/read-policy.ts';
import { UNREAD_KINDS, type UnreadKind } from '../../src/model/declaration.ts';
import { loadTaxonomy } from '../../src/signatures/data-types.ts';

const taxonomy = loadTaxonomy({ extraFolder: null });
const unreadOf = (text: string) => readPolicy(Buffer.from(text), { name: 'policy.txt', taxonomy }).unread;

/** Heads of a table of spaces below which no rows are. */
const HEAD = 'SDK名称 使用目的 收集信息 隐私链接\n我们重视您的隐私。\n';
const cells = (rows: number) =>
  Array.from({ length: rows }, (_, row) => `晨星${row}号SDK\n用于推送\n设备型号\nhttps://a.example/${row}\n`).join('');
const names = (count: number) => Array.from({ length: count }, (_, index) => `Lark${index}`).join(', ');
const columns = (count: number) => `<td>某某SDK</td>${'<td>推送</td>'.repeat(count - 1)}`;

/** A table whose columns are kept apart by spaces, of two lines for each row. */
function aligned(rows: number): string {
  const row = (_: unknown, index: number) =>
    `晨星${index + 1}号SDK        某公司        IMEI\n                    第${index + 1}栏\n`;
  return `SDK名称            公司名称      收集信息\n${Array.from({ length: rows }, row).join('')}`;
}

const CASES: [UnreadKind, string, string, string][] = [
  ['tables-tried', HEAD.repeat(20), HEAD.repeat(22), 'SDK名称 使用目的'],
  [
    'table-cut',
    `SDK名称\n使用目的\n收集信息\n隐私链接\n${cells(374)}`,
    `SDK名称\n使用目的\n收集信息\n隐私链接\n${cells(380)}`,
    '晨星375号SDK',
  ],
  ['table-cut', aligned(1_499), aligned(1_501), '第1500栏'],
  [
    'table-columns',
    `<html><body><table><tr>${columns(100)}</tr><tr>${columns(100)}</tr></table></body></html>`,
    `<html><body><table><tr>${columns(100)}</tr><tr>${columns(101)}</tr></table></body></html>`,
    '推送',
  ],
  [
    'elements-nested',
    `<html><body>${'<div>'.repeat(390)}我们重视您的隐私。${'</div>'.repeat(390)}</body></html>`,
    `<html><body>${'<div>'.repeat(410)}我们重视您的隐私。${'</div>'.repeat(410)}</body></html>`,
    '<div>',
  ],
  [
    'fields-cut',
    `SDK名称：晨星SDK\n${'收集信息：IMEI\n'.repeat(59)}`,
    `SDK名称：晨星SDK\n${'收集信息：IMEI\n'.repeat(61)}`,
    'IMEI',
  ],
  ['labels-cut', 'SDK名称：晨星SDK '.repeat(400), 'SDK名称：晨星SDK '.repeat(600), 'SDK名称'],
  [
    'names-cut',
    `We use third-party analytics such as ${names(99)}.`,
    `We use third-party analytics such as ${names(130)}.`,
    ', Lark100',
  ],
];

describe('what reading leaves out at a limit', () => {
  it.each(CASES)('%s: nothing below, its place above', (kind, below, above, near) => {
    const policy = (text: string) =>
      text.startsWith('<') ? text : `隐私政策 Privacy policy\n二、第三方SDK目录\n${text}\n`;
    const title = (text: string) => text.replace('<body>', '<body><p>隐私政策</p>');
    expect(unreadOf(title(policy(below)))).toEqual([]);
    expect(unreadOf(title(policy(above)))).toEqual([
      { kind, count: expect.any(Number), near: expect.stringContaining(near) },
    ]);
  });

  it('has a case for every kind', () => {
    expect([...new Set(CASES.map(([kind]) => kind))].sort()).toEqual(Object.keys(UNREAD_KINDS).sort());
  });

  it('is told in docs/policies.md, in order, with its sentence', () => {
    const page = readFileSync(new URL('../../docs/policies.md', import.meta.url), 'utf8');
    const rows = Object.entries(UNREAD_KINDS).map(([kind, sentence]) => `| \`${kind}\` | ${sentence} |`);
    expect(page.match(/^\| `[\w-]+` \| [A-Z].*\. \|$/gm)).toEqual(rows);
  });
});
