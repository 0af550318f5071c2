import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { operatorError } from '../model/errors.ts';
import type { Language } from '../model/language.ts';
import { openLog } from './log.ts';
import { printAll } from './output.ts';
import { selfName } from './self-name.ts';
import { mayColour, painter } from './terminal.ts';
import { version } from './version.ts';

/** `telltale demo`: everything once, without a phone. */
export function demoCommand(): Command {
  return new Command('demo')
    .summary('a simulated phone goes through the real proxy; ends with the report')
    .description(
      'Starts the real proxy, local servers that stand for the hosts of SDKs, and a simulated phone whose app carries those SDKs.\nEnds with the verdicts on a policy that declares some of what they send and hides some. Nothing leaves this machine.',
    )
    .option(
      '--out <DIR>',
      'folder for the evidence, the policy and the report (default: a new one among the temporary files)',
    )
    .addOption(
      new Option('--language <LANGUAGE>', 'of the verdicts and the report').choices(['zh', 'en']).default('zh'),
    )
    .addHelpText('after', '\nExample:\n  telltale demo --out demo --language en')
    .action(run);
}

async function run(flags: { readonly out?: string; readonly language: Language }): Promise<void> {
  const [{ runDemo }, { comparisonRows, reportCapture, writeReport }, { verdictTable }] = await Promise.all([
    import('../audit/demo/run-demo.ts'),
    import('../audit/report-capture.ts'),
    import('./verdict-table.ts'),
  ]);
  if (flags.out !== undefined && existsSync(join(flags.out, 'demo.db'))) {
    throw operatorError('usage', {
      message: `--out: ${flags.out} holds a demo already. Name another folder, or delete it.`,
    });
  }
  const folder = flags.out ?? mkdtempSync(join(tmpdir(), 'telltale-demo-'));
  const paint = painter(mayColour(process.stderr, process.env));
  const tell = (step: string) => process.stderr.write(`${paint('dim', '·')} ${step}\n`);
  const { db, policy, capture, sdks, requests } = await runDemo(folder, version(), openLog('error'), tell);
  tell(`${requests} exchanges with ${sdks} SDKs went through the proxy`);
  const request = { db, capture, policy, language: flags.language };
  await printAll([verdictTable(comparisonRows(request).table)]);
  const report = join(folder, 'report.html');
  writeReport(report, reportCapture(request, 'html', version()).pieces);
  process.stderr.write(
    [
      '',
      `${paint('bold', 'report')}    ${report}`,
      `${paint('bold', 'evidence')}  ${db}`,
      `${paint('bold', 'policy')}    ${policy}`,
      '',
      'Look closer:',
      `  ${selfName(process.env)} findings --db ${db}`,
      `  ${selfName(process.env)} gaps --db ${db}`,
      'Next, with a phone: npm start',
      '',
    ].join('\n'),
  );
}
