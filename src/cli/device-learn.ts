import { Command, Option } from 'commander';
import type { Proposal } from '../audit/learn-values.ts';
import { operatorError } from '../model/errors.ts';
import { maskValue } from '../model/finding.ts';
import { secretOf, withSecretOptions } from './listing.ts';
import { printable, table } from './terminal.ts';

interface Flags {
  readonly db: string;
  readonly capture?: string;
  readonly device?: string;
  readonly add?: true;
  readonly reveal?: true;
  readonly format: 'table' | 'json';
  readonly signatures?: string;
  readonly keyFile?: string;
  readonly passphraseFile?: string;
}

/** `telltale device learn`: values that apps keep sending under the name of an identifier, and that the profile does not hold. */
export function learnCommand(): Command {
  return withSecretOptions(
    new Command('learn')
      .description('propose values for a profile: what fields named after an identifier keep sending')
      .requiredOption('--db <FILE>', 'the evidence file')
      .option('--capture <NAME>', 'only this capture')
      .option('--device <FILE>', 'the profile; what it holds is not proposed')
      .option('--add', 'add what is proposed to the profile, for the app alone where only one app sent it')
      .option('--reveal', 'print the values unmasked')
      .option('--signatures <DIR>', 'a folder of your own, whose data types count too')
      .addOption(new Option('--format <FORMAT>', 'how to print').choices(['table', 'json']).default('table')),
  )
    .addHelpText(
      'after',
      `
An app on Android 8 and later sees an Android ID of its own, which adb does not know: capture the app once, learn, and judge again.

Example:
  telltale device learn --db telltale.db --device pixel.json`,
    )
    .action(async (flags: Flags) => {
      const { db, capture = null, device = null, signatures: signatureFolder = null } = flags;
      if (flags.add === true && device === null)
        throw operatorError('usage', { message: '--add needs --device FILE: the profile to add to' });
      const { learnValues } = await import('../audit/learn-values.ts');
      const proposals = learnValues({ db, capture, device, signatureFolder, secret: secretOf(flags) });
      process.stdout.write(
        flags.format === 'json' ? asJson(proposals, flags.reveal) : asTable(proposals, flags.reveal),
      );
      if (flags.add !== true || device === null || proposals.length === 0) return;
      const { addToDeviceProfile } = await import('../audit/device-profiles.ts');
      const addition = { name: null, platform: null, location: null, salts: [], identifiers: proposals };
      addToDeviceProfile(device, addition, signatureFolder);
      process.stderr.write(`telltale: ${device}: ${proposals.length} values added\n`);
    });
}

function shown(value: string, reveal: true | undefined): string {
  return reveal === true ? value : maskValue(value);
}

function asJson(proposals: readonly Proposal[], reveal: true | undefined): string {
  const list = proposals.map(({ dataType, value, app, fields, hosts, exchanges }) => ({
    data_type: dataType,
    ...(reveal === true ? { value } : { value_masked: maskValue(value) }),
    app,
    fields,
    hosts,
    exchanges,
  }));
  return `${JSON.stringify(list, null, 1)}\n`;
}

function asTable(proposals: readonly Proposal[], reveal: true | undefined): string {
  if (proposals.length === 0) return 'No value is sent often enough to be proposed.\n';
  const rows = proposals.map(({ dataType, value, app, fields, hosts, exchanges }) =>
    [dataType, shown(value, reveal), app ?? 'all', fields.join(', '), hosts.join(', '), String(exchanges.length)].map(
      printable,
    ),
  );
  return `${table(['data type', 'value', 'app', 'fields', 'hosts', 'exchanges'], rows)}\n`;
}
