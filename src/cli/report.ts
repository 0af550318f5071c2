import { Command, Option } from 'commander';
import { type JudgingFlags, judgeRequest, settleExit, withJudgingOptions } from './judging-options.ts';
import { secretOf } from './listing.ts';
import { printAll } from './output.ts';
import { version } from './version.ts';

const FORMATS = ['html', 'md', 'json', 'csv', 'sarif', 'junit', 'har'] as const;

/** `telltale report`: files for people and machines. */
export function reportCommand(): Command {
  return withJudgingOptions(
    new Command('report')
      .description(
        'Writes a report of a capture, for people (html, md) or machines (json, csv, sarif, junit), or its traffic (har).',
      )
      .option('--policy <FILE>', 'the policy to hold it against: text, HTML or Markdown'),
  )
    .addOption(new Option('--format <FORMAT>', 'the form of the report').choices(FORMATS).default('html'))
    .option('-o, --output <FILE>', 'where to write it (default: stdout)')
    .addHelpText(
      'after',
      `
Identifier values are masked in every form but har, which holds the traffic itself, every body whole. The same capture, policy and options give the same bytes.

Examples:
  telltale report --db telltale.db --policy policy.txt -o report.html
  telltale report --db telltale.db --policy policy.txt --format sarif -o telltale.sarif --language en`,
    )
    .action(async (flags: JudgingFlags & { readonly format: (typeof FORMATS)[number]; readonly output?: string }) => {
      if (flags.format === 'har') return writeHar(flags);
      const { reportCapture, writeReport } = await import('../audit/report-capture.ts');
      const { pieces, ...exit } = reportCapture(judgeRequest(flags), flags.format, version());
      if (flags.output === undefined || flags.output === '-') await printAll(pieces);
      else writeReport(flags.output, pieces);
      settleExit(exit);
    });
}

async function writeHar(flags: JudgingFlags & { readonly output?: string }): Promise<void> {
  const { exportHar, writePieces } = await import('../audit/export-har.ts');
  const pieces = exportHar({ db: flags.db, capture: flags.capture ?? null, secret: secretOf(flags) }, version());
  if (flags.output === undefined || flags.output === '-') await printAll(pieces);
  else writePieces(flags.output, pieces);
}
