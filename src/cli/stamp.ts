import { Command } from 'commander';
import { hexOf } from './verify.ts';

export function stampCommand(): Command {
  return new Command('stamp')
    .description('Time stamps (RFC 3161) over seals: writes the request, takes the answer in. Sends nothing itself.')
    .addCommand(
      new Command('request')
        .description('Writes a request over the last seal, or the one named.')
        .requiredOption('--db <FILE>', 'the evidence file')
        .requiredOption('-o, --output <FILE>', 'where to write it (DER), such as seal.tsq')
        .option('--seal <HEX>', 'the seal', hexOf(64, 'a seal'))
        .addHelpText('after', '\nExample:\n  telltale stamp request --db telltale.db -o seal.tsq')
        .action(async (flags: { readonly db: string; readonly output: string; readonly seal?: string }) => {
          const { writeTimeStampRequest } = await import('../audit/integrity.ts');
          const seal = writeTimeStampRequest(flags.db, flags.seal ?? null, flags.output);
          process.stderr.write(`A request over seal ${seal} is in ${flags.output}.\n`);
        }),
    )
    .addCommand(
      new Command('attach')
        .description("Puts an authority's answer into the evidence file.")
        .argument('<FILE>', 'the answer (DER), such as seal.tsr')
        .requiredOption('--db <FILE>', 'the evidence file')
        .addHelpText('after', '\nExample:\n  telltale stamp attach seal.tsr --db telltale.db')
        .action(async (file: string, flags: { readonly db: string }) => {
          const { attachTimeStampFile } = await import('../audit/integrity.ts');
          process.stderr.write(`Seal ${attachTimeStampFile(flags.db, file)} has a time stamp.\n`);
        }),
    );
}
