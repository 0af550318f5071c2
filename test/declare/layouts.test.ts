import { describe, expect, it } from 'vitest';
import type { Block } from '../../src/declare/blocks.ts';
import { looksLikeHtml, readHtml } from '../../src/declare/read-html.ts';
import { readText } from '../../src/declare/read-text.ts';
import { sectionRoles } from '../../src/declare/sections.ts';
import { loadWords } from '../../src/declare/words.ts';

const textOf = (block: Block) =>
  block.kind === 'line' ? block.passage.text : block.rows.map((row) => row.map((cell) => cell.text));

describe('readHtml', () => {
  it.each([
    ['<p>a<br>b</p>', ['a', 'b']],
    ['<p>a<!-- hidden -->b<del>gone</del></p>', ['ab']],
    ['<p style="display: none">hidden</p><p hidden>hidden</p><p>shown</p>', ['shown']],
    ['<p>收集\n  信息</p>', ['收集信息']],
    ['<p>we\n  collect</p>', ['we collect']],
    [
      '<table><tr><td>a</td><td rowspan="2">b</td></tr><tr><td>c</td></tr></table>',
      [
        [
          ['a', 'b'],
          ['c', 'b'],
        ],
      ],
    ],
    [
      '<table><tr><th colspan="2">a</th></tr><tr><td>b</td><td>c<br>d</td></tr></table>',
      [
        [
          ['a', 'a'],
          ['b', 'c\nd'],
        ],
      ],
    ],
    ['<table><tr><td><p>only</p></td></tr></table>', ['only']],
    ['<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td><td>x</td></tr></table>', [[['a', 'b']], 'x']],
    ['<script>x</script><style>y</style><noscript>z</noscript>t', ['t']],
  ])('%s', (source, blocks) => {
    expect(readHtml(source).blocks.map(textOf)).toEqual(blocks);
  });
});

describe('readText', () => {
  it.each([
    ['a\n\nb', ['a', 'b']],
    ['# a\n**b**: c', ['a', 'b: c']],
    [
      '| a | b |\n|---|:-:|\n| c | d<br>e |',
      [
        [
          ['a', 'b'],
          ['c', 'd\ne'],
        ],
      ],
    ],
    [
      'a\tb\nc\td',
      [
        [
          ['a', 'b'],
          ['c', 'd'],
        ],
      ],
    ],
    ['a |\nb |\n|', ['a', 'b']],
    ['x\n<table><tr><td>a</td><td>b</td></tr></table>\ny', ['x', [['a', 'b']], 'y']],
    ['a ~~gone~~ b<!-- gone -->', ['a', 'b']],
    ['a https://x.example/a__b__c', ['a https://x.example/a__b__c']],
    ['用途∶推送', ['用途：推送']],
    [
      `${'为了在消息到达时及时提醒您，'.repeat(4)}小米Push\nSDK需要读取您的OAID。`,
      [`${'为了在消息到达时及时提醒您，'.repeat(4)}小米Push\u2028SDK需要读取您的OAID。`],
    ],
    ['小米推送\nSDK', ['小米推送', 'SDK']],
  ])('%j', (source, blocks) => {
    expect(readText(source).blocks.map(textOf)).toEqual(blocks);
  });
});

describe('looksLikeHtml', () => {
  it.each([
    ['<!DOCTYPE html><p>a', true],
    ['  <div>a</div>', true],
    [`标题\n${'<p>a</p>'.repeat(20)}`, true],
    ['隐私政策\n正文 <b>粗体</b>', false],
    [`隐私政策\n正文\n<table>${'<tr><td>a</td></tr>'.repeat(30)}</table>`, false],
  ])('%j', (source, html) => {
    expect(looksLikeHtml(source)).toBe(html);
  });
});

describe('sectionRoles', () => {
  it('gives every line the role of its heading, parts that of the whole', () => {
    const lines: [string, string | null][] = [
      ['一、我们如何收集和使用您的个人信息', 'collection'],
      ['（一）保障账号安全', 'collection'],
      ['我们会收集您的设备型号。', 'collection'],
      ['（二）征得同意的例外', 'exception'],
      ['二、第三方SDK目录', 'sdk'],
      ['1、极光推送SDK', 'sdk'],
      ['三、您的权利', 'rights'],
      ['（一）获取您的个人信息副本', 'rights'],
      ['四、如何联系我们', 'contact'],
      ['五、其他', null],
    ];
    const blocks = readText(lines.map(([text]) => text).join('\n')).blocks;
    expect(sectionRoles(blocks, loadWords())).toEqual(lines.map(([, role]) => role));
  });

  it('opens a part about collecting below definitions, numbered or not', () => {
    const lines: [string, string | null][] = [
      ['一、定义', 'definition'],
      ['（一）本行：是指某某银行', 'definition'],
      ['信息的收集与使用', 'collection'],
      ['（一）信息的收集', 'collection'],
      ['您注册时，我们会收集您的手机号码。', 'collection'],
    ];
    const blocks = readText(lines.map(([text]) => text).join('\n')).blocks;
    expect(sectionRoles(blocks, loadWords())).toEqual(lines.map(([, role]) => role));
  });

  it('ends a table of contents with its last line', () => {
    const lines: [string, string | null][] = [
      ['一、我们收集哪些信息', null],
      ['二、我们如何存储信息', null],
      ['三、您的权利', null],
      ['四、联系我们', null],
      ['您注册时，我们会收集您的手机号码。', null],
      ['二、我们如何存储信息', 'storage'],
      ['信息存储在境内。', 'storage'],
      ['三、 您的权利', 'rights'],
      ['四、联系我们', 'contact'],
    ];
    const blocks = readText(lines.map(([text]) => text).join('\n')).blocks;
    expect(sectionRoles(blocks, loadWords())).toEqual(lines.map(([, role]) => role));
  });

  it('knows a heading by the table of contents', () => {
    const lines: [string, string | null][] = [
      ['1、我们收集哪些信息', null],
      ['2、我们如何使用 Cookie', null],
      ['3、我们如何保护信息', null],
      ['4、如何联系我们', null],
      ['感谢您的信任。', null],
      ['我们收集哪些信息', 'collection'],
      ['您注册时，我们会收集您的手机号码。', 'collection'],
      ['我们如何使用 Cookie', 'cookie'],
      ['如何联系我们', 'contact'],
    ];
    const blocks = readText(lines.map(([text]) => text).join('\n')).blocks;
    expect(sectionRoles(blocks, loadWords())).toEqual(lines.map(([, role]) => role));
  });

  it('knows a heading that begins with 我们 or 您', () => {
    const lines: [string, string | null][] = [
      ['其他方分享的您的信息', 'sharing'],
      ['我们获取的您的信息', 'collection'],
      ['您的设备信息', 'collection'],
    ];
    const blocks = readText(lines.map(([text]) => text).join('\n')).blocks;
    expect(sectionRoles(blocks, loadWords())).toEqual(lines.map(([, role]) => role));
  });

  it.each([
    ['一、我们如何收集、使用、存储和保护您的个人信息', 'collection'],
    ['一、我们如何收集、使用信息以及您可以如何管理信息', 'collection'],
    ['1. How we collect, use, share and protect your information', 'collection'],
    ['一、我们如何保护和存储收集的信息', 'security'],
    ['一、您有权拒绝我们收集和共享您的信息', 'sharing'],
    ['2. Your rights to the information we collect and share', 'rights'],
    ['一、儿童个人信息的收集和保护', 'children'],
    ['一、第三方SDK收集和共享信息的说明', 'sdk'],
  ])('%s: %s', (heading, role) => {
    expect(sectionRoles(readText(heading).blocks, loadWords())).toEqual([role]);
  });
});
