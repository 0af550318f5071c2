import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ListOptions, ListRecord } from '../audit/query.ts';
import { unreadableFile } from '../model/errors.ts';
import { jsonText } from '../model/json-text.ts';
import { escapeCsv } from '../model/shown-text.ts';
import { printAll } from './output.ts';
import { printable, table } from './terminal.ts';

/** Rows of a table on a terminal when nobody said how many. */
const TABLE_ROWS = 500;

/** How one list looks as a table: a heading and a cell of each record. */
export type Columns = Readonly<Record<string, (record: ListRecord) => string>>;

export type ListFormat = 'table' | 'json' | 'jsonl' | 'csv';

interface Flags {
  readonly db: string;
  readonly capture?: string;
  readonly format: ListFormat;
  readonly limit?: number;
  readonly filter?: string;
  readonly from?: number;
  readonly to?: number;
  readonly sort?: string;
  readonly reveal?: boolean;
  readonly keyFile?: string;
  readonly passphraseFile?: string;
}

/** The options that every list has. */
export function withListOptions(command: Command): Command {
  return withSecretOptions(
    withFormat(command)
      .requiredOption('--db <FILE>', 'the evidence file')
      .option('--capture <NAME>', 'only this capture')
      .option('--filter <FILTER>', "only what matches, such as 'sdk=umeng and type=imei' (docs/filters.md)")
      .option('--from <TIME>', 'only what began at this ISO 8601 time or later', momentOf)
      .option('--to <TIME>', 'only what began before this time', momentOf)
      .option('--limit <N>', 'at most so many rows', wholeNumber),
  );
}

export function withFormat(command: Command): Command {
  return command.addOption(
    new Option('--format <FORMAT>', 'how to print').choices(['table', 'json', 'jsonl', 'csv']).default('table'),
  );
}

/** The option of lists whose rows hold addresses. */
export function withReveal(command: Command): Command {
  return command.option('--reveal', 'give addresses whole; else the identifiers found in them are left out', false);
}

/** The option of lists whose rows can come in another order; a minus sign before the name turns it round. */
export function withSort(command: Command, names: string): Command {
  return command.option('--sort <NAME>', `order: ${names}; -NAME for descending`);
}

export function withSecretOptions(command: Command): Command {
  return command
    .option('--key-file <FILE>', 'opens an encrypted evidence file')
    .option('--passphrase-file <FILE>', 'the same with a passphrase: the first line of FILE');
}

export function secretOf(flags: {
  readonly keyFile?: string;
  readonly passphraseFile?: string;
}): ListOptions['secret'] {
  if (flags.keyFile !== undefined) return { keyFile: flags.keyFile };
  if (flags.passphraseFile === undefined) return null;
  const path = flags.passphraseFile;
  try {
    return { passphrase: (readFileSync(path, 'utf8').split(/\r?\n/)[0] as string).trim() };
  } catch (error) {
    throw unreadableFile(path, error);
  }
}

/** Prints a list in the format asked for. */
export async function printList(
  flags: Flags,
  columns: Columns,
  list: (options: ListOptions) => Iterable<ListRecord>,
): Promise<void> {
  const shown = flags.limit ?? (flags.format === 'table' ? TABLE_ROWS + 1 : null);
  const records = list({
    db: flags.db,
    capture: flags.capture ?? null,
    filter: flags.filter ?? null,
    from: flags.from ?? null,
    to: flags.to ?? null,
    sort: flags.sort ?? null,
    limit: shown,
    reveal: flags.reveal ?? false,
    secret: secretOf(flags),
  });
  if (flags.format !== 'table') return printAll(FORMATS[flags.format](records));
  const rows = [...records];
  const cut = flags.limit === undefined && rows.length > TABLE_ROWS;
  if (cut) rows.length = TABLE_ROWS;
  const cells = rows.map((record) => Object.values(columns).map((cell) => printable(cell(record))));
  await printAll([rows.length === 0 ? '' : `${table(Object.keys(columns), cells)}\n`]);
  if (rows.length === 0) process.stderr.write('Nothing to show.\n');
  if (cut)
    process.stderr.write(`The first ${TABLE_ROWS} rows; ask for more with --limit N, or for all with --format json.\n`);
}

/** Records whose columns are known only when they come. */
export async function printRecords(records: Iterable<ListRecord>, format: ListFormat): Promise<void> {
  if (format !== 'table') return printAll(FORMATS[format](records));
  const rows: ListRecord[] = [];
  let cut = false;
  for (const record of records) {
    cut = rows.length === TABLE_ROWS;
    if (cut) break;
    rows.push(record);
  }
  if (rows.length === 0) return;
  const cells = rows.map((row) => Object.values(row).map((cell) => printable(cell === null ? '–' : String(cell))));
  await printAll([`${table(Object.keys(rows[0] as ListRecord).map(printable), cells)}\n`]);
  if (cut) process.stderr.write(`The first ${TABLE_ROWS} rows; ask for all with --format json, jsonl or csv.\n`);
}

export const FORMATS = {
  *json(records: Iterable<ListRecord>) {
    let before = '[\n';
    for (const record of records) {
      yield before + jsonText(record, 0);
      before = ',\n';
    }
    yield before === '[\n' ? '[]\n' : '\n]\n';
  },
  *jsonl(records: Iterable<ListRecord>) {
    for (const record of records) yield `${jsonText(record, 0)}\n`;
  },
  /** RFC 4180; lists and objects stand as JSON. A first line with the names comes with the first record. */
  *csv(records: Iterable<ListRecord>) {
    let first = true;
    for (const record of records) {
      if (first) yield `${Object.keys(record).map(csvCell).join(',')}\r\n`;
      first = false;
      yield `${Object.values(record).map(csvCell).join(',')}\r\n`;
    }
  },
} as const;

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return escapeCsv(typeof value === 'string' ? value : JSON.stringify(value));
}

/** For commander: a whole number of at least 0. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

/** For commander: an ISO 8601 time as milliseconds since 1970; UTC when no zone is given. */
export function momentOf(text: string): number {
  const zoned = /T.*(Z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes('T') ? text : `${text}Z`;
  const moment = /^\d{4}-\d\d-\d\d/.test(zoned) ? Date.parse(zoned) : Number.NaN;
  if (Number.isNaN(moment)) throw new InvalidArgumentError('Expected an ISO time such as 2026-11-21T20:00:00Z.');
  return moment;
}

/** Cuts what is too long for a cell. */
export function short(value: unknown, length: number): string {
  const text = value === null || value === undefined ? '–' : String(value);
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** Time of day of an ISO time, in UTC. */
export function clock(value: unknown): string {
  return String(value).slice(11, 23);
}

/** `SDK 友盟+ U-App`, `example.com`. */
export function recipientText(value: unknown): string {
  const recipient = value as { kind: string; id: string; name: string } | null;
  return recipient === null ? '–' : recipient.kind === 'sdk' ? recipient.id : short(recipient.name, 28);
}
