import { brotliDecompressSync } from 'node:zlib';
import { operatorError } from '../model/errors.ts';
import type { BodyRef } from '../model/evidence.ts';
import type { Headers } from '../model/exchange.ts';
import { selectByHash } from './bodies-by-hash.ts';
import { SEGMENTS_MAX } from './body-store.ts';
import type { Connection, Statement } from './database.ts';
import type { Protection } from './protection.ts';

/** Unpacked packs that are kept in memory: 4 MB. */
const PACKS_KEPT = 64;

/** What an exchange's head list holds: see `head_size` in the schema. */
export interface Heads {
  readonly requestVersion: string;
  readonly requestHeaders: Headers;
  readonly requestTrailers: Headers;
  readonly responseVersion: string | null;
  readonly reason: string | null;
  readonly responseHeaders: Headers | null;
  readonly responseTrailers: Headers;
}

/** Rows of bodies that are remembered; all are forgotten beyond. */
const NAMED_MAX = 1_000;

/** Reads bodies and heads back out of packs and segments. */
export class Contents {
  readonly #path: string;
  readonly #protection: Protection;
  readonly #pack: Statement;
  readonly #byHash: Statement;
  readonly #byId: Statement;
  readonly #segment: Statement;
  readonly #unpacked = new Map<number, Uint8Array>();
  /** Rows of bodies that were named lately: mostly their bytes are asked for next. */
  readonly #named = new Map<string, BodyRow>();

  constructor(database: Connection, path: string, protection: Protection) {
    this.#path = path;
    this.#protection = protection;
    this.#pack = database.prepare('SELECT coding, size, data FROM packs WHERE id = ?');
    const kept = 'ORDER BY pack IS NULL AND stream IS NULL, id LIMIT 1';
    this.#byHash = database.prepare(`${selectByHash('bodies.*')} ${kept}`);
    this.#byId = database.prepare('SELECT * FROM bodies WHERE id = ?');
    this.#segment = database.prepare('SELECT coding, size, data FROM segments WHERE id = ?');
  }

  heads(pack: number, start: number, size: number): Heads {
    const text = Buffer.from(this.#slice(pack, start, size)).toString();
    const list = JSON.parse(text) as unknown[];
    const [requestVersion, requestHeaders, requestTrailers, responseVersion, reason, responseHeaders] = list;
    const [responseTrailers] = list.slice(6);
    return {
      requestVersion,
      requestHeaders,
      requestTrailers,
      responseVersion,
      reason,
      responseHeaders,
      responseTrailers,
    } as Heads;
  }

  refOf(id: number): BodyRef {
    const row = this.#byId.get(id) as (BodyRow & { sha256: Buffer }) | undefined;
    if (row === undefined) throw this.#broken(`body ${id} is not there`);
    const sha256 = row.sha256.toString('hex');
    if (row.pack !== null || row.stream !== null) {
      if (this.#named.size >= NAMED_MAX) this.#named.clear();
      this.#named.set(sha256, row);
    }
    return { sha256, size: row.size };
  }

  /** A body's bytes in pieces; null when only that it passed was kept, or it never did. */
  pieces(sha256: string): Iterable<Uint8Array> | null {
    if (!/^[0-9a-f]{64}$/.test(sha256)) return null;
    const row =
      this.#named.get(sha256) ??
      (this.#byHash.get({ sha256: Buffer.from(sha256, 'hex'), upto: null }) as BodyRow | undefined);
    if (row === undefined) return null;
    if (row.size === 0) return [];
    if (row.pack !== null && row.start !== null) return [this.#slice(row.pack, row.start, row.size)];
    return row.stream === null || row.segments === null ? null : this.#segments(row.stream, row.segments);
  }

  *#segments(stream: number, count: number): Generator<Uint8Array> {
    for (let number = 0; number < count; number++) {
      const row = this.#segment.get(stream * SEGMENTS_MAX + number) as PackRow | undefined;
      if (row === undefined) throw this.#broken(`segment ${number} of stream ${stream} is not there`);
      yield this.#unpack(row, `segment ${number} of stream ${stream}`);
    }
  }

  #slice(pack: number, start: number, size: number): Uint8Array {
    const bytes = this.#unpackedPack(pack);
    if (start + size > bytes.length) throw this.#broken(`pack ${pack} is shorter than its contents`);
    return bytes.subarray(start, start + size);
  }

  #unpackedPack(id: number): Uint8Array {
    const known = this.#unpacked.get(id);
    if (known !== undefined) return known;
    const row = this.#pack.get(id) as PackRow | undefined;
    if (row === undefined) throw this.#broken(`pack ${id} is not there`);
    const bytes = this.#unpack(row, `pack ${id}`);
    if (this.#unpacked.size >= PACKS_KEPT) {
      const oldest = this.#unpacked.keys().next().value as number;
      this.#unpacked.delete(oldest);
    }
    this.#unpacked.set(id, bytes);
    return bytes;
  }

  #unpack({ coding, size, data }: PackRow, what: string): Uint8Array {
    try {
      return unpacked({ coding, size, data }, this.#protection);
    } catch (error) {
      throw this.#broken(`${what} does not unpack: ${(error as Error).message}`);
    }
  }

  #broken(what: string): Error {
    return operatorError('evidence-invalid', { path: this.#path, reason: `${what}; telltale verify says more` });
  }
}

/** The bytes of a pack or segment. Throws when they are not what was stored. */
export function unpacked({ coding, size, data }: PackRow, protection: Protection): Uint8Array {
  const bytes = protection.showBytes(data);
  const whole = coding.startsWith('br') ? brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, size) }) : bytes;
  if (whole.length !== size) throw new RangeError(`${whole.length} bytes instead of ${size}`);
  return whole;
}

interface PackRow {
  readonly coding: string;
  readonly size: number;
  readonly data: Buffer;
}

interface BodyRow {
  readonly size: number;
  readonly pack: number | null;
  readonly start: number | null;
  readonly stream: number | null;
  readonly segments: number | null;
}
