import { type Command, Option } from 'commander';
import type { JudgeRequest } from '../audit/judge.ts';
import type { Judged } from '../audit/report-capture.ts';
import { operatorError } from '../model/errors.ts';
import type { Language } from '../model/language.ts';
import { secretOf, withSecretOptions } from './listing.ts';

/** What `compare` and `report` have in common. */
export interface JudgingFlags {
  readonly db: string;
  readonly capture?: string;
  readonly policy?: string;
  readonly signatures?: string;
  readonly profile: 'cn' | 'gdpr';
  readonly category?: string;
  readonly consentAfter?: number;
  readonly mmdb?: string;
  readonly language?: Language;
  readonly baseline?: string;
  readonly failOn?: string;
  readonly severityThreshold?: string;
  readonly keyFile?: string;
  readonly passphraseFile?: string;
}

export function withJudgingOptions(command: Command): Command {
  return withSecretOptions(
    command
      .requiredOption('--db <FILE>', 'the evidence file')
      .option('--capture <NAME>', 'the capture to judge (default: the latest)')
      .addOption(new Option('--profile <PROFILE>', 'the rules to judge by').choices(['cn', 'gdpr']).default('cn'))
      .option('--category <KIND>', 'kind of app, of the 39 with a set of necessary information: shopping, 网上购物, 6')
      .option('--consent-after <SECONDS>', 'consent was given so long after the first exchange', seconds)
      .option('--mmdb <FILE>', 'country data of your own (MaxMind format) instead of those that ship with telltale')
      .option('--signatures <DIR>', 'your own signatures, on top of those that ship with telltale')
      .addOption(new Option('--language <LANGUAGE>', 'default: the language of the policy').choices(['zh', 'en']))
      .option('--fail-on <LIST>', 'exit with 1 on any of these verdicts or rules: undeclared,before-consent,R11,…')
      .option('--severity-threshold <SEVERITY>', 'exit with 1 on a broken rule of this severity or above')
      .option('--baseline <FILE>', 'an earlier comparison (JSON): only what is new or changed counts'),
  );
}

export function judgeRequest(flags: JudgingFlags): JudgeRequest {
  return {
    db: flags.db,
    secret: secretOf(flags),
    capture: flags.capture ?? null,
    policy: flags.policy ?? null,
    signatureFolder: flags.signatures ?? null,
    profile: flags.profile,
    category: flags.category ?? null,
    consentAfterSeconds: flags.consentAfter ?? null,
    mmdb: flags.mmdb ?? null,
    language: flags.language ?? null,
    baseline: flags.baseline ?? null,
    failOn: flags.failOn ?? null,
    severityThreshold: flags.severityThreshold ?? null,
  };
}

/** Says why, and sets the exit status that farms gate on. */
export function settleExit({ failures, undecidedGates, nothingCaptured }: Omit<Judged, 'pieces'>): void {
  if (nothingCaptured) {
    process.stderr.write(
      'telltale: the capture holds no exchange, so nothing was decided: not failing is not passing. Check the proxy setting of the phone\n',
    );
  }
  for (const { name, missing } of undecidedGates) {
    process.stderr.write(`telltale: --fail-on ${name} could not be decided (missing: ${missing})\n`);
  }
  if (failures.length === 0) return;
  process.stderr.write(`telltale: condition met: ${failures.join(', ')}\n`);
  process.exitCode = 1;
}

function seconds(text: string): number {
  if (!/^\d{1,9}(?:\.\d{1,3})?$/.test(text))
    throw operatorError('usage', { message: `--consent-after: ${text} is no number of seconds, such as 12 or 7.5` });
  return Number(text);
}
