import { describe, expect, it } from 'vitest';
import type { ComparisonTable } from '../../src/audit/report-capture.ts';
import { displayWidth, shortened, wrapped } from '../../src/cli/terminal.ts';
import { verdictTable } from '../../src/cli/verdict-table.ts';

const comparison: ComparisonTable = {
  header: ['接收方', '信息类型', '政策原文', '实际观察', '阶段', '判定', '检测项'],
  rows: [
    {
      verdict: 'undeclared-recipient',
      cells: [
        '腾讯移动分析与营销平台',
        '国际移动设备识别码',
        '未声明',
        '2 次',
        '同意前、同意后',
        '接收方未声明',
        'R1 R4',
      ],
    },
    { verdict: 'consistent', cells: ['腾讯移动分析与营销平台', 'OAID', '明确声明', '1 次', '同意后', '一致', ''] },
  ],
  sections: [
    {
      title: '主要问题',
      lines: [
        {
          severity: { word: '高', of: 'high' },
          text: 'R1 同意前收集个人信息 (before-consent) · 1 项：腾讯移动分析与营销平台',
        },
      ],
    },
    {
      title: '未判定的检测项',
      lines: [{ severity: null, text: 'R8 收集与服务类型无关的信息 (unnecessary)：未指定 App 类型（--category）' }],
    },
  ],
  conclusion: {
    tone: 'bad',
    title: '发现 1 项不合规迹象',
    sentence: '在 3 次通信中，1 个接收方取得了 2 类个人信息。',
    caution: null,
  },
};
const terminal = (columns: number) => ({ isTTY: true, columns });

describe('verdictTable', () => {
  it('gives a file or a program every cell whole, without colour or breaks', () => {
    const text = verdictTable(comparison, {}, {});
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('…');
    expect(text).toContain('腾讯移动分析与营销平台  国际移动设备识别码  未声明');
    expect(text).toContain('  高  R1 同意前收集个人信息 (before-consent) · 1 项：腾讯移动分析与营销平台\n');
    expect(text.trimEnd().split('\n').slice(-2)).toEqual([
      '发现 1 项不合规迹象',
      '在 3 次通信中，1 个接收方取得了 2 类个人信息。',
    ]);
  });

  it.each([
    [120, ['接收方', '信息类型', '政策原文', '实际观察', '阶段', '判定', '检测项']],
    [90, ['接收方', '信息类型', '政策原文', '实际观察', '阶段', '判定', '检测项']],
    [70, ['接收方', '信息类型', '政策原文', '实际观察', '判定', '检测项']],
    [60, ['接收方', '信息类型', '实际观察', '判定', '检测项']],
    [50, ['接收方', '信息类型', '判定', '检测项']],
  ])('on %i columns shows %j, and no line is longer', (columns, header) => {
    const lines = verdictTable(comparison, terminal(columns), { NO_COLOR: '1' }).split('\n');
    expect(lines[0]?.split(/ +/)).toEqual(header);
    expect(lines.filter((line) => displayWidth(line) > columns)).toEqual([]);
    expect(lines.join('\n')).toContain('接收方未声明');
  });

  it.each([
    [terminal(120), {}, true],
    [terminal(120), { NO_COLOR: '1' }, false],
    [terminal(120), { TERM: 'dumb' }, false],
    [{}, {}, false],
  ])('colours on %j with %j: %s', (stdout, environment, coloured) => {
    expect(verdictTable(comparison, stdout, environment).includes('\u001b[')).toBe(coloured);
  });

  it('lets no name change colours or the direction of writing', () => {
    const [row] = comparison.rows;
    const evil = { verdict: 'vague', cells: ['\u001b[31mx\u202e', ...(row?.cells.slice(1) ?? [])] } as const;
    expect(verdictTable({ ...comparison, rows: [evil] }, {}, {})).toContain('·[31mx·');
  });
});

describe('shortened', () => {
  it.each([
    ['abcdef', null, 'abcdef'],
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['友盟统计', 8, '友盟统计'],
    ['友盟统计', 7, '友盟统…'],
    ['友盟统计', 6, '友盟…'],
  ])('makes of %s in %s columns %s', (text, columns, expected) => {
    expect(shortened(text, columns)).toBe(expected);
  });
});

describe('wrapped', () => {
  it.each([
    ['one two three', null, 'one two three'],
    ['one two three', 8, 'one two\n  three'],
    ['同意前收集信息', 8, '同意前收\n  集信息'],
    ['个推、友盟', 5, '个\n  推、\n  友\n  盟'],
    ['longerthanthat x', 6, 'longerthanthat\n  x'],
  ])('breaks %s at %s columns into %j', (text, width, expected) => {
    expect(wrapped(text, width, '  ')).toBe(expected);
  });
});
