import { Command, InvalidArgumentError, Option } from 'commander';

interface Flags {
  readonly db: string;
  readonly seal?: string;
  readonly key?: readonly string[];
  readonly format: 'text' | 'json';
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description('Checks every row of an evidence file against its signed seals. Exit code 1 when they do not hold.')
    .requiredOption('--db <FILE>', 'the evidence file')
    .option('--seal <HEX>', 'a seal that must be in the chain: the last one a report printed', hexOf(64, 'a seal'))
    .option('--key <HEX...>', 'fingerprint of a key that may have signed; by default that of the first seal', keyOf)
    .addOption(new Option('--format <FORMAT>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText('after', '\nExample:\n  telltale verify --db telltale.db --seal 1f0c…')
    .action(async (flags: Flags) => {
      const { verify } = await import('../audit/integrity.ts');
      const found = verify(flags.db, { seal: flags.seal ?? null, keys: flags.key ?? [] });
      const { broken, lastSeal, keys, pruned, ...counts } = found;
      if (flags.format === 'json') {
        const json = { holds: broken === null, broken, ...counts, keys, last_seal: lastSeal, pruned };
        process.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
      } else {
        process.stdout.write(
          broken === null
            ? `The seals hold: ${counts.exchanges} exchanges, ${counts.findings} findings in ${counts.seals} seals.\n`
            : `BROKEN: ${broken}\n`,
        );
        for (const line of pruned) process.stdout.write(`Pruned ${line}\n`);
        if (broken === null)
          process.stdout.write(`Signed by key ${keys.join(', ') || '–'}\nLast seal ${lastSeal ?? '–'}\n`);
      }
      if (broken !== null) process.exitCode = 1;
    });
}

/** For commander: so many hex digits. */
export function hexOf(digits: number, what: string): (text: string) => string {
  return (text) => {
    const hex = text.toLowerCase();
    if (!/^[0-9a-f]+$/.test(hex) || hex.length !== digits)
      throw new InvalidArgumentError(`${what} is ${digits} hex digits.`);
    return hex;
  };
}

function keyOf(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), hexOf(16, 'a fingerprint')(text)];
}
