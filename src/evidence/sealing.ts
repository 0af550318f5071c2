import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Connection } from './database.ts';
import type { SigningKey } from './signing-key.ts';

/**
 * The tables whose rows a seal covers, with their columns, in the order of the schema. A new table goes to the end: the lists of
 * `seals.upto` count by position.
 */
export const SEALED_TABLES = {
  keys: ['id', 'public_key', 'added_at'],
  devices: ['id', 'name'],
  captures: ['id', 'name', 'started_at', 'app', 'device', 'facts'],
  capture_ends: ['id', 'capture', 'ended_at'],
  connections: ['id', 'capture', 'opened_at', 'phone_address', 'phone_port', 'via', 'device'],
  connection_ends: ['id', 'connection', 'closed_at'],
  hosts: ['id', 'name'],
  paths: ['id', 'path'],
  recipients: ['id', 'kind', 'ident', 'name'],
  finding_shapes: [
    'id',
    'data_type',
    'direction',
    'place',
    'field',
    'decode_chain',
    'transform',
    'match',
    'value_index',
  ],
  found_values: ['id', 'value'],
  packs: ['id', 'coding', 'size', 'data'],
  bodies: ['id', 'sha256', 'size', 'pack', 'start', 'stream', 'segments'],
  exchanges: [
    'id',
    'capture',
    'connection',
    'started_at',
    'ended_at',
    'method',
    'scheme',
    'host',
    'port',
    'path',
    'query',
    'status',
    'server',
    'recipient',
    'request_body',
    'response_body',
    'finding_count',
    'error',
    'head_pack',
    'head_start',
    'head_size',
  ],
  findings: ['id', 'exchange', 'shape', 'start', 'length', 'value', 'message', 'message_at'],
  messages: ['id', 'exchange', 'number', 'at', 'direction', 'kind', 'body'],
  gaps: [
    'id',
    'capture',
    'connection',
    'exchange',
    'at',
    'kind',
    'host',
    'port',
    'recipient',
    'place',
    'bytes_unread',
    'detail',
    'facts',
  ],
  marks: ['id', 'capture', 'kind', 'at', 'note'],
  prunes: ['id', 'at', 'captures', 'reason'],
  reseals: ['id', 'prune', 'seal', 'content', 'checks'],
  encryption: ['id', 'scheme', 'kdf', 'salt', 'proof'],
  repeated_findings: ['id', 'same_as', 'shift'],
} as const satisfies Record<string, readonly string[]>;

export type SealedTable = keyof typeof SEALED_TABLES;

export const SEALED_TABLE_NAMES = Object.keys(SEALED_TABLES) as readonly SealedTable[];

/** A value as SQLite holds it. */
export type Cell = string | number | null | Uint8Array;
export type Row = readonly Cell[];

/** Highest id of each sealed table, in the order of {@link SEALED_TABLE_NAMES}. */
export type Upto = readonly number[];

/**
 * Digests the rows of one batch: for each table with rows its name in a line, then a line a row, in the order of ids. A row's line is
 * the JSON of its cells in the order of {@link SEALED_TABLES}; bytes stand as hex, those of `packs.data` as the hex of their SHA-256.
 * A body in segments has the SHA-256 of each segment appended to its cells.
 */
export class BatchDigest {
  readonly #hash: Hash = createHash('sha256');
  readonly #checks: number[] = [];
  #pending = '';

  table(name: SealedTable): void {
    this.#pending += `${name}\n`;
  }

  row(cells: Row): void {
    const line = `${rowText(cells)}\n`;
    this.#checks.push(crc32(line));
    this.#pending += line;
    if (this.#pending.length > 32_768) this.#drain();
  }

  /** `content` is the SHA-256 of everything; `checks` holds a CRC-32 a row, big endian. */
  finish(): { readonly content: Buffer; readonly checks: Buffer } {
    this.#drain();
    const checks = Buffer.alloc(this.#checks.length * 4);
    this.#checks.forEach((check, index) => {
      checks.writeUInt32BE(check, index * 4);
    });
    return { content: this.#hash.digest(), checks };
  }

  #drain(): void {
    this.#hash.update(this.#pending);
    this.#pending = '';
  }
}

function rowText(cells: Row): string {
  for (let index = 1; index < cells.length; index++) {
    const cell = cells[index];
    if (typeof cell === 'object' && cell !== null) return JSON.stringify(cells.map(cellText));
  }
  return JSON.stringify(cells);
}

function cellText(cell: Cell): string | number | null {
  return typeof cell === 'object' && cell !== null ? Buffer.from(cell).toString('hex') : cell;
}

/** What the chain looked like when last written. */
export interface ChainHead {
  /** 0 before the first seal. */
  readonly seal: number;
  /** Zeros before the first seal. */
  readonly hash: Buffer;
  readonly upto: Upto;
}

export function chainHead(database: Connection): ChainHead {
  const last = database.prepare('SELECT id, hash, upto FROM seals ORDER BY id DESC LIMIT 1').get() as
    | { id: number; hash: Buffer; upto: string }
    | undefined;
  if (last === undefined) return { seal: 0, hash: Buffer.alloc(32), upto: SEALED_TABLE_NAMES.map(() => 0) };
  return { seal: last.id, hash: last.hash, upto: readUpto(last.upto) };
}

/** A file of an older schema has shorter lists. */
export function readUpto(text: string): Upto {
  const list = JSON.parse(text) as number[];
  return SEALED_TABLE_NAMES.map((_, index) => list[index] ?? 0);
}

/** The parts of a seal that its hash covers. */
export interface SealFacts {
  readonly id: number;
  readonly capture: number | null;
  readonly at: number;
  /** As stored, since the hash covers the text. */
  readonly upto: string;
  readonly content: Uint8Array;
  readonly checks: Uint8Array;
  readonly key: number;
}

/** SHA-256 of the JSON list ["telltale-seal-1", id, capture, at, upto, content, SHA-256 of checks, key, hash of the seal before]. */
export function sealHash(seal: SealFacts, before: Uint8Array): Buffer {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  const text = JSON.stringify([
    'telltale-seal-1',
    seal.id,
    seal.capture,
    seal.at,
    seal.upto,
    hex(seal.content),
    createHash('sha256').update(seal.checks).digest('hex'),
    seal.key,
    hex(before),
  ]);
  return createHash('sha256').update(text).digest();
}

/**
 * Adds the next seal to the chain, within the transaction that added its rows.
 * @returns the new head of the chain.
 */
export function addSeal(
  database: Connection,
  head: ChainHead,
  seal: { readonly capture: number | null; readonly at: number; readonly upto: Upto; readonly key: number },
  digest: BatchDigest,
  signer: SigningKey,
): ChainHead {
  const { content, checks } = digest.finish();
  const facts = { ...seal, id: head.seal + 1, upto: JSON.stringify(seal.upto), content, checks };
  const hash = sealHash(facts, head.hash);
  database
    .prepare(
      'INSERT INTO seals (id, capture, at, upto, content, hash, signature, key, checks) VALUES (?,?,?,?,?,?,?,?,?)',
    )
    .run(facts.id, seal.capture, seal.at, facts.upto, content, hash, signer.sign(hash), seal.key, checks);
  return { seal: facts.id, hash, upto: seal.upto };
}
