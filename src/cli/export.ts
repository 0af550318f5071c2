import { Command } from 'commander';
import { secretOf, withSecretOptions } from './listing.ts';

interface Flags {
  readonly db: string;
  readonly capture?: string;
  readonly output: string;
  readonly keyFile?: string;
  readonly passphraseFile?: string;
}

export function exportCommand(): Command {
  return withSecretOptions(
    new Command('export')
      .description(
        'Writes one capture as a file of its own that telltale verify checks and telltale import takes back.',
      )
      .requiredOption('--db <FILE>', 'the evidence file')
      .option('--capture <NAME>', 'the capture (default: the latest)')
      .requiredOption('-o, --output <FILE>', 'where to write it, such as night-1.telltale'),
  )
    .addHelpText('after', '\nExample:\n  telltale export --db telltale.db --capture night-1 -o night-1.telltale')
    .action(async (flags: Flags) => {
      const { exportCapture } = await import('../audit/keeping.ts');
      const name = exportCapture(flags.db, flags.capture ?? null, flags.output, secretOf(flags));
      process.stderr.write(`Capture ${name} is in ${flags.output}.\n`);
    });
}
