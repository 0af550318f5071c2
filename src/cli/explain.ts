import { Command, Option } from 'commander';
import type { Explanation } from '../audit/explain.ts';
import { maskValue } from '../model/finding.ts';
import { hexDump, isText, textBeside } from './evidence-text.ts';
import { secretOf, wholeNumber, withSecretOptions } from './listing.ts';
import { printAll } from './output.ts';
import { printable } from './terminal.ts';

interface Flags {
  readonly db: string;
  readonly reveal: boolean;
  readonly format: 'text' | 'json';
  readonly device?: string;
  readonly signatures?: string;
  readonly keyFile?: string;
  readonly passphraseFile?: string;
}

/** Bytes shown on either side of what was found. */
const CONTEXT_BYTES = 48;

export function explainCommand(): Command {
  return withSecretOptions(
    new Command('explain')
      .description('Walks the way from the stored bytes to the value of a finding, step by step.')
      .argument('<FINDING>', 'number of the finding', wholeNumber)
      .requiredOption('--db <FILE>', 'the evidence file')
      .option('--reveal', 'print identifiers whole', false)
      .option('--device <FILE>', 'the device profile: its salts and its place are needed to find some values anew')
      .option('--signatures <DIR>', 'your own signatures, on top of those that ship with telltale')
      .addOption(new Option('--format <FORMAT>', 'how to print').choices(['text', 'json']).default('text')),
  )
    .addHelpText('after', '\nExample:\n  telltale explain 3 --db telltale.db')
    .action(async (id: number, flags: Flags) => {
      const { explainFinding } = await import('../audit/explain.ts');
      const found = explainFinding({
        db: flags.db,
        id,
        secret: secretOf(flags),
        device: flags.device ?? null,
        signatureFolder: flags.signatures ?? null,
      });
      await printAll([
        flags.format === 'json' ? explanationJson(found, flags.reveal) : explanationText(found, flags.reveal),
      ]);
      if (!found.holds) process.exitCode = 1;
    });
}

function explanationJson(
  { finding, sha256, steps, found, holds, matchesAgain, unkept, value, redacted }: Explanation,
  reveal: boolean,
): string {
  const json = {
    finding,
    sha256,
    steps: steps.map(({ step, bytes }) => ({ step, bytes: bytes.length })),
    found_in_step: found,
    matched: matchedText({ finding, steps, found }, reveal),
    holds,
    matches_again: matchesAgain,
    ...(unkept === null ? {} : { body_not_kept: unkept }),
    ...(redacted ? { redacted } : {}),
    ...(reveal ? { value } : {}),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

function explanationText(explanation: Explanation, reveal: boolean): string {
  const { finding, sha256, steps, found, holds, matchesAgain, unkept, value, redacted } = explanation;
  const [offset, length] = [finding['offset'] as number, finding['length'] as number];
  const lines = [
    `finding ${finding['id']}: ${finding['data_type']} ${reveal ? printable(value) : finding['value_masked']} as ${finding['transform']} (${finding['match']})`,
    `exchange ${finding['exchange']}: ${finding['method']} ${printable(String(finding['host']))}, ${finding['direction']} ${finding['place']}`,
    ...(redacted ? ['redacted: stand-ins of the same length were stored in place of the values'] : []),
    ...(sha256 === null || unkept !== null ? [] : [`stored body, SHA-256 ${sha256}`]),
    '',
    ...steps.map(({ step, bytes }, index) => `${index}  ${printable(step)}: ${bytes.length} bytes`),
    ...(finding['field'] === null ? [] : [`field ${printable(String(finding['field']))}`]),
    '',
  ];
  if (!holds && matchesAgain !== false) return `${[...lines, unreached(unkept)].join('\n')}\n`;
  const bytes = (steps[found] as Explanation['steps'][number]).bytes;
  const matched = matchedText(explanation, reveal);
  const beside = (from: number, to: number) => printable(textBeside(bytes, from, to, explanation.marks, reveal));
  const end = offset + length;
  const around = isText(bytes)
    ? `${beside(Math.max(0, offset - CONTEXT_BYTES), offset)}⟦${matched}⟧${beside(end, Math.min(bytes.length, end + CONTEXT_BYTES))}`
    : reveal
      ? hexDump(bytes.subarray(offset, offset + Math.min(length, 256)))
      : `${length} bytes`;
  const place = `bytes ${offset} to ${offset + length} of step ${found}:`;
  const again = redacted ? [] : [AGAIN[String(matchesAgain) as keyof typeof AGAIN]];
  return `${[...lines, place, around, ...again].join('\n')}\n`;
}

const AGAIN = {
  true: 'Searched anew, these bytes give the value in this form.',
  false: 'Searched anew, these bytes do not give the value in this form: they are not what the finding was made of.',
  null: 'Whether these bytes give the value was not searched anew: that needs salts or a place of the profile (--device FILE).',
} as const;

function unreached(unkept: Explanation['unkept']): string {
  if (unkept === null)
    return 'The bytes that the finding names were not reached: what is stored was cut, or it is decoded otherwise now.';
  return [
    `The ${unkept.title} was not kept: ${unkept.size} bytes, SHA-256 ${unkept.sha256}.`,
    'The finding stands as it was recorded when the body passed; its bytes cannot be walked again. A capture with --keep-bodies findings or all keeps them.',
  ].join('\n');
}

function matchedText(
  { finding, steps, found }: Pick<Explanation, 'finding' | 'steps' | 'found'>,
  reveal: boolean,
): string {
  const offset = finding['offset'] as number;
  const bytes = steps[found]?.bytes.subarray(offset, offset + (finding['length'] as number)) ?? new Uint8Array(0);
  const text = printable(Buffer.from(bytes).toString());
  return reveal ? text : maskValue(text);
}
