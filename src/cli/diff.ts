import { Command } from 'commander';
import { type ListFormat, printRecords, secretOf, withFormat, withSecretOptions } from './listing.ts';

interface Flags {
  readonly db: string;
  readonly format: ListFormat;
  readonly keyFile?: string;
  readonly passphraseFile?: string;
}

export function diffCommand(): Command {
  return withSecretOptions(
    withFormat(
      new Command('diff')
        .description('Says what changed between two captures: recipients, hosts and data types that are new or gone.')
        .argument('<BEFORE>', 'name of the earlier capture')
        .argument('<NOW>', 'name of the later capture')
        .requiredOption('--db <FILE>', 'the evidence file'),
    ),
  )
    .addHelpText('after', '\nExample:\n  telltale diff night-1 night-2 --db telltale.db')
    .action(async (before: string, now: string, flags: Flags) => {
      const { captureDifference } = await import('../audit/capture-difference.ts');
      const lines = captureDifference(flags.db, before, now, secretOf(flags));
      if (lines.length === 0) process.stderr.write('Nothing changed.\n');
      await printRecords(
        lines.map((line) => ({ ...line })),
        flags.format,
      );
    });
}
