import { Command } from 'commander';
import type { ListRecord } from '../audit/query.ts';
import { FORMATS, type ListFormat, secretOf, withFormat, withSecretOptions } from './listing.ts';
import { printAll } from './output.ts';
import { printable, table } from './terminal.ts';

interface Flags {
  readonly db: string;
  readonly format: ListFormat;
  readonly keyFile?: string;
  readonly passphraseFile?: string;
}

export function sqlCommand(): Command {
  return withSecretOptions(
    withFormat(
      new Command('sql')
        .description(
          'Runs a query of your own over an evidence file, which is open for reading only (docs/evidence.md).',
        )
        .argument('<QUERY>', 'one SELECT')
        .requiredOption('--db <FILE>', 'the evidence file'),
    ),
  )
    .addHelpText(
      'after',
      "\nExample:\n  telltale sql 'SELECT host, count(*) FROM exchange_list GROUP BY 1 ORDER BY 2 DESC' --db telltale.db",
    )
    .action(async (query: string, flags: Flags) => {
      const { runSql } = await import('../audit/query.ts');
      await printRecords(runSql(flags.db, query, secretOf(flags)), flags.format);
    });
}

/** Records whose columns are known only when they come. */
export async function printRecords(records: Iterable<ListRecord>, format: ListFormat): Promise<void> {
  if (format !== 'table') return printAll(FORMATS[format](records));
  const rows = [...records];
  if (rows.length === 0) return;
  const cells = rows.map((row) => Object.values(row).map((cell) => printable(cell === null ? '–' : String(cell))));
  await printAll([`${table(Object.keys(rows[0] as ListRecord), cells)}\n`]);
}
