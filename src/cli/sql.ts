import { Command } from 'commander';
import { type ListFormat, printRecords, secretOf, withFormat, withSecretOptions } from './listing.ts';

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
