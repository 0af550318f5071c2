import { Command, Option } from 'commander';
import { type JudgingFlags, judgeRequest, settleExit, withJudgingOptions } from './judging-options.ts';
import { printAll } from './output.ts';
import { verdictTable } from './verdict-table.ts';

/** `telltale compare`: verdicts on a capture against a policy. */
export function compareCommand(): Command {
  return withJudgingOptions(
    new Command('compare')
      .description('Holds a capture against a privacy policy: a verdict for each recipient and data type.')
      .requiredOption('--policy <FILE>', 'the policy: text, HTML or Markdown'),
  )
    .addOption(new Option('--format <FORMAT>', 'how to print').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      `
Verdicts: consistent, vague (only a broader term covers it), undeclared, undeclared-recipient, unobserved,
undecided (not seen, but something was hidden that could have carried it).

Examples:
  telltale compare --db telltale.db --policy policy.txt
  telltale compare --db night.db --policy policy.html --format json --fail-on undeclared,before-consent,cleartext
  telltale compare --db night.db --policy policy.txt --baseline last-night.json --severity-threshold high`,
    )
    .action(async (flags: JudgingFlags & { readonly format: 'table' | 'json' }) => {
      const { comparisonJson, comparisonRows } = await import('../audit/report-capture.ts');
      if (flags.format === 'json') {
        const { pieces, ...exit } = comparisonJson(judgeRequest(flags));
        await printAll(pieces);
        settleExit(exit);
        return;
      }
      const { table, ...exit } = comparisonRows(judgeRequest(flags));
      await printAll([verdictTable(table)]);
      settleExit(exit);
    });
}
