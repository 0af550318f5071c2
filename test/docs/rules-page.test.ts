import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GAP_KINDS } from '../../src/model/gaps.ts';
import { en } from '../../src/report/wording/en.ts';
import { zh } from '../../src/report/wording/zh.ts';
import { packagedFolder } from '../../src/signatures/folder.ts';

interface RulesFile {
  readonly documents: Record<string, { zh: string; en: string; read_at?: readonly string[] }>;
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
  const read = Object.values(file.documents).flatMap(({ zh: name, read_at = [] }) =>
    read_at.length === 0 ? [] : [`- ${name}: ${read_at.map((address) => `<${address}>`).join(', ')}`],
  );
  const open = file.rules.flatMap(({ id, basis }) =>
    Object.values(basis)
      .flat()
      .filter(({ checked }) => !checked)
      .map(({ document, item }) => `- ${id}: ${file.documents[document]?.zh}${item === '' ? '' : ` ${item}`}`),
  );
  return [
    ...rules,
    '## Clauses still to be checked',
    '',
    'Their numbers are quoted as the field quotes them; nobody read them in a copy of the document. Reports mark them.',
    '',
    ...open,
    '',
    '## Where clauses were read',
    '',
    'Public copies of the documents, or pages that quote the clauses word for word; of standards that are sold, the table of contents. They are no official',
    'texts: before a report goes to a customer, look the clause up in the official one.',
    '',
    ...read,
    '',
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
  it('says what signatures/rules.json says', async () => {
    const text = page('rules.md');
    const introduction = text.slice(0, text.indexOf('## R1 '));
    await expect(introduction + expected()).toMatchFileSnapshot(resolve(import.meta.dirname, '../../docs/rules.md'));
  });

  it('keeps every clause that it calls checked in a document that says where it was read', () => {
    const unread = file.rules.flatMap(({ id, basis }) =>
      Object.values(basis).flatMap((clauses) =>
        clauses
          .filter(({ document, checked }) => checked && file.documents[document]?.read_at === undefined)
          .map(({ document }) => `${id} ${document}`),
      ),
    );
    expect(unread).toEqual([]);
  });
});

describe('docs/verdicts.md', () => {
  it('lists every reason with its sentence, in order', () => {
    const rows = Object.entries(en.because).map(
      ([reason, sentence]) => `| \`${reason}\` | ${sentence.replaceAll('’', "'")} |`,
    );
    const documented = [...page('verdicts.md').matchAll(/^\| `(?:seen|not-seen|nothing|hidden)[^|]*\|[^|]*\|$/gm)].map(
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
