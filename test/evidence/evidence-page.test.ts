import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { FILTER_FIELDS } from '../../src/evidence/filter-fields.ts';
import { migrations } from '../../src/evidence/migrations.ts';
import { SEALED_TABLES } from '../../src/evidence/sealing.ts';

/** A table of the schema with what its comments say. */
interface DocumentedTable {
  readonly name: string;
  readonly about: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly about: string }[];
}

function documentedTables(): DocumentedTable[] {
  const sql = migrations()
    .map((migration) => migration.sql)
    .join('\n');
  return [...sql.matchAll(/((?:^--.*\n)*)CREATE TABLE (\w+) \(\n([\s\S]*?)\n\) STRICT/gm)].map(
    ([, comment = '', name = '', body = '']) => ({
      name,
      about: comment.replace(/^-- ?/gm, '').trim().replaceAll('\n', ' '),
      columns: body.split('\n').flatMap((line) => {
        const [, column, definition, about] = /^ {2}(\w+) (\w+[^,-]*),?(?: -- (.*))?$/.exec(line) ?? [];
        return column === undefined || /^(UNIQUE|PRIMARY)$/.test(column)
          ? []
          : [{ name: column, type: definition as string, about: about ?? '' }];
      }),
    }),
  );
}

const page = (name: string) => resolve(import.meta.dirname, '../../docs', name);

describe('docs/evidence.md', () => {
  it('describes the schema', async () => {
    const text = readFileSync(page('evidence.md'), 'utf8');
    const head = text.slice(0, text.indexOf('## Tables'));
    const tables = documentedTables().map(({ name, about, columns }) => {
      const rows = columns.map((column) => `| \`${column.name}\` | ${column.type.trim()} | ${column.about} |`);
      return `### ${name}\n\n${about === '' ? '' : `${about}\n\n`}| column | type | |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
    });
    const intro = 'Generated from `src/evidence/migrations/`; `npm test -- -u test/evidence` writes it anew.';
    await expect(`${head}## Tables\n\n${intro}\n\n${tables.join('\n')}`).toMatchFileSnapshot(page('evidence.md'));
  });

  it('finds every table and column that the database has', () => {
    const database = new Database(':memory:');
    for (const { sql } of migrations()) database.exec(sql);
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
      .pluck()
      .all() as string[];
    expect(documentedTables().map(({ name }) => name)).toEqual(tables);
    for (const { name, columns } of documentedTables())
      expect(
        columns.map((column) => column.name),
        name,
      ).toEqual(database.prepare(`SELECT name FROM pragma_table_info('${name}')`).pluck().all());
    database.close();
  });

  it('and the seals cover every column of the tables they name', () => {
    const documented = new Map(
      documentedTables().map(({ name, columns }) => [name, columns.map((column) => column.name)]),
    );
    for (const [name, columns] of Object.entries(SEALED_TABLES)) expect(columns, name).toEqual(documented.get(name));
    const sealed = [...documented.keys()].filter((name) => name in SEALED_TABLES);
    expect(sealed).toEqual(Object.keys(SEALED_TABLES));
  });
});

describe('docs/filters.md', () => {
  it('lists every field', async () => {
    const text = readFileSync(page('filters.md'), 'utf8');
    const rows = Object.entries(FILTER_FIELDS).map(
      ([name, { about, example, values }]) =>
        `| \`${name}\` | ${about}${values.length > 0 && values.length < 8 ? `: ${values.join(', ')}` : ''} | \`${example.replaceAll('|', '\\|')}\` |\n`,
    );
    const [, table] = /\n\n\| .*\n\| --- \| --- \| --- \|\n((?:\|.*\n)*)/.exec(text) as unknown as [string, string];
    await expect(text.replace(table, () => rows.join(''))).toMatchFileSnapshot(page('filters.md'));
  });
});
