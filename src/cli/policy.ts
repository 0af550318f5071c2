import { Command, Option } from 'commander';
import { type Declaration, UNREAD_KINDS } from '../model/declaration.ts';
import { printable, table } from './terminal.ts';

const EXAMPLES = `
Examples:
  telltale policy extract privacy.html --format json
  curl -s https://example.com/privacy | telltale policy extract -`;

interface Options {
  readonly format: string;
  readonly signatures?: string;
}

/** `telltale policy`: what a privacy policy declares. */
export function policyCommand(): Command {
  const command = new Command('policy').description('Reads privacy policies.').addHelpText('after', EXAMPLES);
  command
    .command('extract')
    .description('What a policy declares: first-party data, SDKs with theirs, storage, retention. Nothing is fetched.')
    .argument('<FILE>', 'the policy as text, Markdown or HTML; - reads stdin')
    .option('--signatures <DIR>', 'a folder of your own that adds to the packaged signatures and overrides them')
    .addOption(new Option('--format <FORMAT>', 'how to print it').choices(['table', 'json']).default('table'))
    .addHelpText('after', EXAMPLES)
    .action(extract);
  return command;
}

async function extract(file: string, options: Options): Promise<void> {
  const { extractPolicy } = await import('../audit/read-policy.ts');
  const declaration = extractPolicy(file, { extraFolder: options.signatures ?? null });
  const text = options.format === 'json' ? JSON.stringify(declaration, null, 2) : asTable(declaration);
  for (const { kind, count, near } of declaration.unread ?? []) {
    const times = count === 1 ? '' : ` (${count} times)`;
    process.stderr.write(
      `telltale: not all of ${file} was read: ${UNREAD_KINDS[kind]}${times} First at: ${shown(near)}\n`,
    );
  }
  process.stdout.write(`${text}\n`);
}

function asTable(declaration: Declaration): string {
  const { app, company, updated, language, first_party: own, sdks, storage, retention, children } = declaration;
  const facts = [
    ['app', app],
    ['company', company],
    ['updated', updated],
    ['language', language.join(', ')],
    ['kept in mainland China only', storage.mainland_only === null ? null : storage.mainland_only ? 'yes' : 'no'],
    ['cross-border transfer', storage.cross_border],
    ['retention', retention.quote],
    ['children', children?.quote ?? null],
  ] as const;
  const rows = sdks.map(({ name, signature, data_types: types, link }) => [
    name,
    signature ?? '-',
    types.join(' ') || '-',
    link ?? '-',
  ]);
  return [
    ...facts.map(([label, value]) => `${label}: ${shown(value ?? 'not said')}`),
    '',
    `The app itself collects: ${own.map((one) => one.data_type).join(' ') || 'nothing is said'}`,
    '',
    rows.length === 0
      ? 'No SDK is named.'
      : table(
          ['SDK', 'SIGNATURE', 'DATA TYPES', 'LINK'],
          rows.map((row) => row.map(shown)),
        ),
  ].join('\n');
}

function shown(text: string): string {
  return printable(text.replace(/\s+/g, ' '));
}
