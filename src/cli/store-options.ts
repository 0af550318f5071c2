import { type Command, InvalidArgumentError, Option } from 'commander';
import type { StorePlan } from '../audit/audit-plan.ts';
import { secretOf } from './listing.ts';

/** How evidence is to be kept, as typed. */
export interface StoreFlags {
  readonly keepBodies: StorePlan['keepBodies'];
  readonly maxDb: number | null;
  readonly redact: boolean;
  readonly keyFile?: string;
  readonly passphraseFile?: string;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** Adds the options of commands that write evidence. */
export function withStoreOptions(command: Command): Command {
  const keep = new Option('--keep-bodies <WHICH>', 'which bodies to keep as evidence')
    .choices(['all', 'findings', 'none'])
    .default('all');
  const max = new Option('--max-db <SIZE>', 'let the evidence file grow to this size at most, such as 500M or 20G')
    .argParser(parseSize)
    .default(null);
  return command
    .addOption(keep)
    .addOption(max)
    .option(
      '--redact',
      "store keyed stand-ins in place of the device's values; redaction.key beside the file holds the key",
      false,
    )
    .option('--key-file <FILE>', 'encrypt a new evidence file, or open an encrypted one, with the key in this file')
    .option('--passphrase-file <FILE>', 'the same with a passphrase: the first line of the file');
}

export function storePlan(flags: StoreFlags, onError: StorePlan['onError']): StorePlan {
  const { keepBodies, maxDb: maxBytes, redact } = flags;
  return { keepBodies, maxBytes, redact, secret: secretOf(flags), onError };
}

/** `500M` → bytes; binary units. */
function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)B?$/i.exec(text);
  const bytes =
    match === null ? Number.NaN : Math.floor(Number(match[1]) * (UNITS[(match[2] as string).toUpperCase()] ?? 1));
  if (!(bytes > 0)) throw new InvalidArgumentError('It is a size such as 500M or 20G.');
  return bytes;
}
