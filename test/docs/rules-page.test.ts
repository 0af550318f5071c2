import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GAP_KINDS } from '../../src/model/gaps.ts';
import { en } from '../../src/report/wording/en.ts';
import { zh } from '../../src/report/wording/zh.ts';
import { packagedFolder } from '../../src/signatures/folder.ts';

interface RulesFile {
  readonly documents: Record<string, { zh: string; en: string }>;
  readonly rules: readonly {
    id: string;
    name: string;
    severity: string;
    needs_human: boolean;
    needs: readonly string[];
    title: { zh: string; en: string };
    decided_by: { en: string };
    thresholds: Record<string, number>;
    basis: Record<string, readonly { document: string; item: string; checked: boolean }[]>;
  }[];
  readonly app_categories: readonly {
    number: number;
    id: string;
    names: { zh: string };
    necessary_text: readonly string[];
    checked: boolean;
  }[];
}

const page = (name: string) => readFileSync(resolve(import.meta.dirname, '../../docs', name), 'utf8');
const file = JSON.parse(readFileSync(join(packagedFolder(), 'rules.json'), 'utf8')) as RulesFile;

/** What docs/rules.md must say after its introduction. */
function expected(): string {
  const doubt = (checked: boolean) => (checked ? '' : ' (to be checked)');
  const rules = file.rules.flatMap((rule) => {
    const thresholds = Object.entries(rule.thresholds).map(([name, value]) => `\`${name}\` ${value}`);
    return [
      `## ${rule.id} \`${rule.name}\`: ${rule.title.en} (${rule.title.zh})`,
      '',
      `Severity ${rule.severity}${rule.needs_human ? ', needs a person' : ''}. ${rule.decided_by.en}`,
      '',
      ...(rule.needs.length > 0 ? [`Needs: ${rule.needs.join(', ')}.`, ''] : []),
      ...(thresholds.length > 0 ? [`Thresholds: ${thresholds.join(', ')}.`, ''] : []),
      ...Object.entries(rule.basis).flatMap(([profile, basis]) =>
        basis.map(({ document, item, checked }) => {
          const name = file.documents[document]?.[profile === 'cn' ? 'zh' : 'en'];
          return `- ${profile}: ${name}${item === '' ? '' : ` ${item}`}${doubt(checked)}`;
        }),
      ),
      '',
    ];
  });
  const kinds = file.app_categories.map(
    ({ number, id, names, necessary_text, checked }) =>
      `| ${number} | \`${id}\` | ${names.zh} | ${necessary_text.join('；') || '无须个人信息'}${doubt(checked)} |`,
  );
  return [
    ...rules,
    '## Kinds of app',
    '',
    'For R8, `--category` takes the id, the number or the name.',
    '',
    '| no. | id | name | necessary personal information |',
    '| --- | --- | --- | --- |',
    ...kinds,
    '',
  ].join('\n');
}

describe('docs/rules.md', () => {
  it('says what signatures/rules.json says', () => {
    const text = page('rules.md');
    expect(text.slice(text.indexOf('## R1 '))).toBe(expected());
  });
});

describe('docs/verdicts.md', () => {
  it('lists every reason with its sentence, in order', () => {
    const rows = Object.entries(en.because).map(
      ([reason, sentence]) => `| \`${reason}\` | ${sentence.replaceAll('’', "'")} |`,
    );
    const documented = [...page('verdicts.md').matchAll(/^\| `(?:seen|not-seen|hidden)[^|]*\|[^|]*\|$/gm)].map(
      ([row]) => row,
    );
    expect(documented).toEqual(rows);
  });
});

describe('docs/reports.md', () => {
  it('lists the columns of the CSV in both languages', () => {
    const text = page('reports.md').replaceAll('\n', ' ');
    expect(text).toContain(zh.csv.join(' · '));
    expect(text).toContain(en.csv.join(', '));
  });
});

describe('the wording', () => {
  it('has a sentence in Chinese for every kind of gap', () => {
    expect(Object.keys(zh.gap).sort()).toEqual(Object.keys(GAP_KINDS).sort());
  });

  it('is used whole: no sentence of one language stands in the other', () => {
    const chinese = JSON.stringify(en).match(/[\u4e00-\u9fff]+/g);
    expect(chinese).toBeNull();
  });
});
