import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import type { Verdict } from '../../src/model/comparison.ts';
import type { Language } from '../../src/model/language.ts';
import { escapeCsv } from '../../src/model/shown-text.ts';
import { clip, columnsOf } from '../../src/report/html/matrix.ts';
import { renderReport } from '../../src/report/render.ts';
import type { ReportFormat } from '../../src/report/report-value.ts';
import { CAPTURES, reportOf } from './captures.ts';

type Element = DefaultTreeAdapterTypes.Element;

const FORMATS = ['html', 'md', 'json', 'csv', 'sarif', 'junit'] as const satisfies readonly ReportFormat[];
const NAMES = Object.keys(CAPTURES) as (keyof typeof CAPTURES)[];
const EVERY = NAMES.flatMap((name) =>
  FORMATS.flatMap((format) => (['zh', 'en'] as const).map((language) => [name, format, language] as const)),
);
const GOLDEN = [
  ['shop', 'zh'],
  ['honest', 'en'],
  ['hostile', 'en'],
] as const satisfies readonly (readonly [keyof typeof CAPTURES, Language])[];
const ENDINGS = { html: 'html', md: 'md', json: 'json', csv: 'csv', sarif: 'sarif.json', junit: 'junit.xml' } as const;

function render(name: keyof typeof CAPTURES, format: ReportFormat, language: Language): string {
  return [...renderReport(reportOf(name, language), format, language)].join('');
}

/** Every element of a page, in its order. */
function elements(node: DefaultTreeAdapterTypes.Node): Element[] {
  const inner = 'childNodes' in node ? node.childNodes.flatMap(elements) : [];
  return 'tagName' in node ? [node, ...inner] : inner;
}

function attribute(element: Element, name: string): string | null {
  return element.attrs.find((one) => one.name === name)?.value ?? null;
}

describe('renderReport', () => {
  it.each(GOLDEN.flatMap(([name, language]) => FORMATS.map((format) => [name, language, format] as const)))(
    'gives the same bytes for %s in %s as %s as last time',
    async (name, language, format) => {
      const file = resolve(import.meta.dirname, `../golden/${name}.${language}.${ENDINGS[format]}`);
      await expect(render(name, format, language)).toMatchFileSnapshot(file);
    },
  );

  it.each(EVERY)('gives the same bytes twice: %s as %s in %s', (name, format, language) => {
    expect(render(name, format, language)).toBe(render(name, format, language));
  });

  it.each(EVERY)('shows no control character and no change of direction: %s as %s in %s', (name, format, language) => {
    const hidden = /(?![\t\n\r])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u;
    expect(render(name, format, language)).not.toMatch(hidden);
  });

  it.each(EVERY)('leaves no word out: %s as %s in %s', (name, format, language) => {
    expect(render(name, format, language)).not.toMatch(/\bundefined\b|\[object |\bNaN\b/);
  });

  it.each(FORMATS)('holds no identifier’s value: %s', (format) => {
    const text = render('shop', format, 'en');
    expect(text).not.toContain('867532051234567');
    expect(text).not.toContain('2e66865617a9bf39');
  });
});

describe('the HTML report', () => {
  it.each(NAMES)('of %s runs nothing and fetches nothing', (name) => {
    const all = elements(parse(render(name, 'html', 'en')));
    const forbidden = ['script', 'iframe', 'object', 'embed', 'link', 'img', 'form', 'base', 'audio', 'video'];
    expect(all.filter(({ tagName }) => forbidden.includes(tagName))).toEqual([]);
    const wrong = all.flatMap(({ attrs }) =>
      attrs.filter(
        ({ name: key, value }) => /^on|^src|^srcdoc|^action/.test(key) || (/href$/.test(key) && !value.startsWith('#')),
      ),
    );
    expect(wrong).toEqual([]);
    const policy = all.find((one) => attribute(one, 'http-equiv') === 'Content-Security-Policy');
    expect(policy === undefined ? '' : attribute(policy, 'content')).toContain("default-src 'none'");
  });

  it.each(NAMES)('of %s has a place for each of its links, once', (name) => {
    const all = elements(parse(render(name, 'html', 'zh')));
    const ids = all.map((one) => attribute(one, 'id')).filter((id) => id !== null);
    expect(new Set(ids).size).toBe(ids.length);
    const dangling = all
      .map((one) => attribute(one, 'href'))
      .filter((href) => href !== null && !ids.includes(decodeURIComponent(href.slice(1))));
    expect(dangling).toEqual([]);
  });

  it('shows what a hostile name is made of', () => {
    const text = render('hostile', 'html', 'en');
    expect(text).toContain('⟨U+202E⟩');
    expect(text).toContain('⟨U+0000⟩');
    expect(text).toContain('⟨U+D800⟩');
    expect(text).not.toContain('<script');
  });

  it('cuts a name of a drawing to the columns that it takes as it is shown', () => {
    const shown = clip('\u202Egnp.exe\u202C and more than fits', 22);
    expect(columnsOf(shown)).toBeLessThanOrEqual(22);
    expect(shown).toMatch(/^⟨U\+202E⟩gnp\.exe.*…$/);
  });

  it('links each verdict with the policy’s words and the bytes that prove it', () => {
    const text = render('shop', 'html', 'zh');
    const at = text.indexOf('友盟 SDK');
    expect(at).toBeGreaterThan(0);
    for (const part of [
      'IMEI、OAID、设备型号',
      'json:header.imei',
      '112+32',
      'md5-hex',
      '8675…567',
      'href="#x1"',
      'id="x1"',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('says how far the policy’s words reach, and what else it promises', () => {
    const text = render('shop', 'html', 'zh');
    expect(text).toContain('<mark><bdi>IMEI</bdi></mark>');
    expect(text).toContain('<span class="tag">仅 Android</span> <span class="tag">可选</span>');
    expect(text).toContain('看到，政策只对其他系统声明');
    expect(text).toContain('<dt>未成年人</dt><dd><bdi>我们不主动收集未满十四周岁儿童的个人信息。</bdi></dd>');
    expect(text).toContain('<dt>保存期限</dt><dd><span class="faint">政策未说明</span></dd>');
    expect(render('shop', 'md', 'zh')).toContain('**未成年人**：我们不主动收集未满十四周岁儿童的个人信息。');
  });

  it('names eight recipients of a problem on its first page, and counts the rest', () => {
    const value = reportOf('shop', 'en');
    const [broken] = value.comparison.verdicts.filter(({ violations }) => violations.length > 0);
    const crowd = Array.from({ length: 20 }, (_, at): Verdict => {
      const id = `crowd-${at}`;
      return { ...(broken as Verdict), recipient: { kind: 'sdk', id, name: id } };
    });
    const [party] = value.comparison.recipients;
    const recipients = crowd.map(({ recipient }) => ({ ...(party as NonNullable<typeof party>), recipient }));
    const comparison = { ...value.comparison, verdicts: crowd, recipients };
    const [cover = ''] = [...renderReport({ ...value, comparison }, 'html', 'en')].join('').split('<nav');
    expect(cover).toContain('crowd-7');
    expect(cover).not.toContain('crowd-8');
    expect(cover).toContain('and 12 more');
  });

  it('says that there was nothing to say', () => {
    const text = render('empty', 'html', 'en');
    expect(text).toContain('Nothing was captured');
    expect(text).not.toContain('Nothing was hidden');
    expect(text).toContain('No request carried personal data.');
  });

  it('says on the first screen what was not seen', () => {
    expect(render('shop', 'html', 'en').split('<section')[0]).toContain('4 gaps in what could be seen');
    expect(render('honest', 'html', 'en').split('<section')[0]).toContain('Nothing was hidden');
  });
});

interface SarifLog {
  readonly runs: readonly {
    readonly invocations: readonly {
      readonly toolExecutionNotifications: readonly { readonly message: { readonly text: string } }[];
    }[];
  }[];
}

describe('the SARIF report', () => {
  const require = createRequire(import.meta.url);
  const folder = join(require.resolve('@microsoft/jest-sarif/package.json'), '../lib/schemas');
  // Its draft-04 differs from what ajv speaks in the name of `id` alone, as far as this schema goes.
  const {
    $schema: _,
    id: __,
    ...schema
  } = JSON.parse(readFileSync(join(folder, 'sarif-2.1.0-rtm.5.json'), 'utf8')) as Record<string, unknown>;
  const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);

  it.each(NAMES)('of %s fits its schema', (name) => {
    const log = JSON.parse(render(name, 'sarif', 'en')) as { runs: { results: unknown[] }[] };
    expect(validate(log), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
    expect(log.runs[0]?.results.length ?? 0).toBe(
      reportOf(name, 'en').comparison.verdicts.reduce((sum, { violations }) => sum + violations.length, 0),
    );
  });

  it('says what was not looked into, and which rules were not decided', () => {
    const notified = (name: (typeof NAMES)[number]) => {
      const [run] = (JSON.parse(render(name, 'sarif', 'en')) as SarifLog).runs;
      return (run?.invocations[0]?.toolExecutionNotifications ?? []).map(({ message }) => message.text);
    };
    expect(notified('shop')).toContainEqual(expect.stringMatching(/^\d+ × tls-rejected \(.+\): The app refused/));
    expect(notified('empty')).toContainEqual(expect.stringMatching(/^1 × nothing-captured: The capture holds no/));
    expect(notified('empty')).toContain('R11 not decided: nothing was captured');
    expect(notified('honest').filter((text) => text.includes(' × '))).toEqual([]);
  });

  it.each([
    ['policy.txt', 'policy.txt'],
    ['./docs/policy v2.html', 'docs/policy%20v2.html'],
    ['/home/me/app/policy.txt', 'policy.txt'],
    ['../policy.txt', 'policy.txt'],
    ['C:\\work\\policy.txt', 'policy.txt'],
    ['a#b?c%.md', 'a%23b%3Fc%25.md'],
  ])('leads to the policy %s by %s', (policy, uri) => {
    const value = reportOf('shop', 'en');
    const comparison = { ...value.comparison, policy };
    const text = [...renderReport({ ...value, comparison }, 'sarif', 'en')].join('');
    expect(JSON.parse(text).runs[0].artifacts[0].location.uri).toBe(uri);
  });

  it('would not fit it without a message', () => {
    const log = JSON.parse(render('shop', 'sarif', 'en')) as { runs: { results: { message?: unknown }[] }[] };
    delete log.runs[0]?.results[0]?.message;
    expect(validate(log)).toBe(false);
  });
});

describe('the JUnit report', () => {
  const schema = readFileSync(resolve(import.meta.dirname, '../fixtures/schemas/jenkins-junit.xsd'), 'utf8');

  it.each(NAMES)('of %s fits the schema of Jenkins', async (name) => {
    const xml = [{ fileName: 'report.xml', contents: render(name, 'junit', 'en') }];
    const result = await validateXML({ xml, schema: [{ fileName: 'junit.xsd', contents: schema }] });
    expect(result.errors).toEqual([]);
  });

  it('fails what is undeclared or breaks a rule, skips what is undecided, passes the rest', () => {
    const xml = render('shop', 'junit', 'en');
    const counted = /tests="(\d+)" failures="(\d+)"/.exec(xml)?.slice(1).map(Number);
    const { verdicts } = reportOf('shop', 'en').comparison;
    const failing = verdicts.filter(
      ({ verdict, violations }) => violations.length > 0 || verdict.startsWith('undeclared'),
    );
    expect(counted).toEqual([verdicts.length, failing.length]);
    expect(xml.match(/<failure /g)?.length).toBe(failing.length);
    expect(xml.match(/<skipped>/g)?.length).toBe(3);
    expect(render('honest', 'junit', 'en')).not.toContain('<failure');
  });
});

describe('the CSV report', () => {
  it.each(NAMES)('of %s has as many cells in each line as in the first, after a byte order mark', (name) => {
    const text = render(name, 'csv', 'zh');
    expect(text.startsWith('\ufeff序号,时间点,阶段,')).toBe(true);
    const rows = csvRows(text.slice(1));
    expect([...new Set(rows.map(({ length }) => length))]).toEqual([23]);
    expect(rows.length - 1).toBe(reportOf(name, 'zh').findings.length);
  });

  it.each(['=1+1', ' =1+1', '+1', '-1', '@x', '＝1+1', '＋1', '\t=1'])('lets no cell be a formula: %j', (cell) => {
    expect(escapeCsv(cell)).toMatch(/^"?'/);
  });

  it('lets no cell of a hostile capture be a formula', () => {
    const cells = csvRows(render('hostile', 'csv', 'en').slice(1)).flat();
    expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
  });
});

/** Reads RFC 4180. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  for (const line of text.trimEnd().split('\r\n')) {
    const cells = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)];
    rows.push(cells.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? ''));
  }
  return rows;
}

describe('the JSON report', () => {
  it('holds the comparison key for key', () => {
    const report = JSON.parse(render('shop', 'json', 'en')) as { comparison: unknown };
    expect(report.comparison).toEqual(JSON.parse(JSON.stringify(reportOf('shop', 'en').comparison)));
  });
});

describe('the Markdown report', () => {
  it('lets no name begin markup', () => {
    const text = render('hostile', 'md', 'en');
    expect(text).not.toMatch(/(?<!\\)<script|(?<!\\)\]\(javascript|(?<!\\)`/);
    const broken = text.split('\n').filter((line) => line.startsWith('|') && !line.endsWith('|'));
    expect(broken).toEqual([]);
  });
});
