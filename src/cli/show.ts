import { Command, Option } from 'commander';
import type { ExplainRequest } from '../audit/decoded-exchange.ts';
import type { ShownExchange } from '../audit/show-exchange.ts';
import { markedText } from './evidence-text.ts';
import { recipientText, secretOf, wholeNumber, withSecretOptions } from './listing.ts';
import { printAll } from './output.ts';
import { printable } from './terminal.ts';

interface Flags {
  readonly db: string;
  readonly raw?: 'request' | 'response';
  readonly reveal: boolean;
  readonly format: 'text' | 'json';
  readonly signatures?: string;
  readonly keyFile?: string;
  readonly passphraseFile?: string;
}

export function showCommand(): Command {
  return withSecretOptions(
    new Command('show')
      .description('Prints one exchange, decoded, with its findings marked.')
      .argument('<ID>', 'number of the exchange', wholeNumber)
      .requiredOption('--db <FILE>', 'the evidence file')
      .addOption(new Option('--raw <BODY>', 'only the bytes of a body, as sent').choices(['request', 'response']))
      .option('--reveal', 'print identifiers whole', false)
      .option('--signatures <DIR>', 'your own signatures, on top of those that ship with telltale')
      .addOption(new Option('--format <FORMAT>', 'how to print').choices(['text', 'json']).default('text')),
  )
    .addHelpText('after', '\nExample:\n  telltale show 17 --db telltale.db')
    .action(async (id: number, flags: Flags) => {
      const { rawBody, showExchange } = await import('../audit/show-exchange.ts');
      const request: ExplainRequest = {
        db: flags.db,
        id,
        secret: secretOf(flags),
        signatureFolder: flags.signatures ?? null,
      };
      if (flags.raw !== undefined) return printAll(rawBody(request, flags.raw));
      const shown = showExchange(request);
      if (flags.format === 'text') return printAll([shownText(shown, flags.reveal)]);
      const parts = shown.parts.map(({ title, bytes, marks }) => ({
        title,
        text: markedText(bytes, marks, flags.reveal),
      }));
      const gaps = shown.gaps.map(({ gap }) => gap);
      return printAll([`${JSON.stringify({ ...shown, parts, gaps }, null, 2)}\n`]);
    });
}

function shownText({ redacted, exchange, parts, unkept, findings, gaps }: ShownExchange, reveal: boolean): string {
  const { id, capture, started_at, phase, recipient, method, status, error } = exchange;
  const lines = [
    `exchange ${id} · ${printable(String(capture))} · ${started_at} · ${phase} · ${printable(recipientText(recipient))}`,
    `${printable(String(method))} → ${status ?? printable(String(error ?? 'no response'))}`,
    ...(redacted ? ['redacted: stand-ins of the same length were stored in place of values'] : []),
    '',
    ...parts.flatMap(({ title, bytes, marks }) =>
      title.includes(' body') || title.includes(' message')
        ? ['', `── ${printable(title)}, ${bytes.length} bytes`, markedText(bytes, marks, reveal)]
        : [`${printable(title)}: ${markedText(bytes, marks, reveal)}`],
    ),
    ...unkept.flatMap(({ direction, bytes }) => ['', `── ${direction} body, ${bytes} bytes: not kept`]),
    '',
    `${findings.length} findings${findings.length === 0 ? '' : ':'}`,
    ...findings.map(
      (finding) =>
        `  ${finding['id']}  ${finding['data_type']} ${finding['value_masked']} as ${finding['transform']}, ${finding['direction']} ${finding['place']} ${printable(String(finding['field'] ?? ''))}  (telltale explain ${finding['id']})`,
    ),
    ...gaps.map(({ gap }) => `gap: ${gap.kind} ${printable(gap.at.join(' › '))} ${printable(gap.detail ?? '')}`),
  ];
  return `${lines.join('\n')}\n`;
}
