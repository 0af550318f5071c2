import { Command } from 'commander';
import { operatorError } from '../model/errors.ts';
import { secretOf, withSecretOptions } from './listing.ts';

interface Flags {
  readonly db: string;
  readonly capture?: readonly string[];
  readonly olderThan?: number;
  readonly reason: string;
  readonly keyFile?: string;
  readonly passphraseFile?: string;
}

export function pruneCommand(): Command {
  return withSecretOptions(
    new Command('prune')
      .description(
        'Takes captures out of an evidence file, down to their bytes. The seals stay, and say what was taken.',
      )
      .requiredOption('--db <FILE>', 'the evidence file')
      .option('--capture <NAME...>', 'these captures')
      .option('--older-than <AGE>', 'captures that ended longer ago than 12h, 30d or 8w', age)
      .option('--reason <TEXT>', 'why; stays in the file', 'pruned by the operator'),
  )
    .addHelpText('after', '\nExample:\n  telltale prune --db telltale.db --older-than 30d --reason "kept for 30 days"')
    .action(async (flags: Flags) => {
      if (flags.capture === undefined && flags.olderThan === undefined)
        throw operatorError('usage', { message: 'name what to prune with --capture or --older-than' });
      const { prune } = await import('../audit/keeping.ts');
      const names = prune({
        db: flags.db,
        captures: flags.capture ?? [],
        olderThanMs: flags.olderThan ?? null,
        reason: flags.reason,
        secret: secretOf(flags),
      });
      for (const name of names) process.stdout.write(`${name}\n`);
      process.stderr.write(`${names.length === 0 ? 'Nothing' : names.length} pruned.\n`);
    });
}

/** `30d` in milliseconds. */
function age(text: string): number {
  const [, count, unit] = /^(\d{1,6})([hdw])$/.exec(text) ?? [];
  if (count === undefined) throw operatorError('usage', { message: `${text} is not an age such as 12h, 30d or 8w` });
  return Number(count) * { h: 3_600_000, d: 86_400_000, w: 604_800_000 }[unit as 'h' | 'd' | 'w'];
}
