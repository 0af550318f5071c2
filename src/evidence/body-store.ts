import { hash } from 'node:crypto';
import type { BodyRef } from '../model/evidence.ts';
import type { Batch } from './batch.ts';
import { filterOfBodies, selectByHash } from './bodies-by-hash.ts';
import type { Connection, Statement } from './database.ts';
import type { HashFilter } from './hash-filter.ts';
import { looksDense, type Packing, packed } from './packing.ts';
import type { Protection } from './protection.ts';
import { RecentBodies } from './recent-bodies.ts';
import type { Cell } from './sealing.ts';
import { type BodyWriter, SEGMENT_BYTES, SegmentBuffers, StreamedBody } from './streamed-body.ts';

export type KeepBodies = 'all' | 'findings' | 'none';

/** Segments a stream may have: `segments.id` is stream × this + number. 256 GB. */
export const SEGMENTS_MAX = 1_048_576;
/** Bytes of segments that wait to be written together. */
const WAITING_SEGMENTS_BYTES_MAX = 4 * 1024 * 1024;
/** Bodies of a file whose hashes are read when it is opened, which takes half a second a million; for older ones the file is asked. */
const FILTERED_BODIES_MAX = 4_000_000;
/** Hashes remembered, to recognise repeated bodies without asking the file. */
const RECENT_MAX = 20_000;

/** What was handed in, until it is known whether it is kept. */
type Content = { readonly bytes: Uint8Array } | { readonly stream: number; readonly hashes: readonly string[] };

/** Stores bodies once each, by the SHA-256 of their bytes as sent. */
export class BodyStore {
  readonly #database: Connection;
  readonly #batch: Batch;
  readonly #packing: Packing;
  readonly #protection: Protection;
  readonly #keep: KeepBodies;
  /** SHA-256 → id of the row, of bodies whose bytes are kept. */
  readonly #kept = new Map<string, number>();
  /** SHA-256 → id of the row, of bodies of which only that they passed is kept. */
  readonly #unkept = new Map<string, number>();
  /** SHA-256 → bodies that wait for their exchange (`--keep-bodies findings`), and for how many exchanges. */
  readonly #unclaimed = new Map<string, { readonly content: Content; size: number; claims: number }>();
  readonly #recent = new RecentBodies();
  readonly #segments: Segment[] = [];
  readonly #buffers = new SegmentBuffers();
  readonly #flush: () => void;
  #segmentBytes = 0;
  /** How often bodies were given up: then an exchange may name one that is no longer there. */
  #losses = 0;
  #nextStream: number;
  /** Hashes of the newest bodies in the file. */
  readonly #filter: HashFilter;
  /** The newest body whose hash the filter may lack; 0 when it holds them all. */
  readonly #unfiltered: number;

  /** @param room `flush` writes everything that waits; called when segments have piled up. */
  constructor(room: {
    readonly database: Connection;
    readonly batch: Batch;
    readonly packing: Packing;
    readonly protection: Protection;
    readonly keep: KeepBodies;
    readonly flush: () => void;
  }) {
    const { database, batch, packing, protection, keep, flush } = room;
    this.#database = database;
    this.#batch = batch;
    this.#packing = packing;
    this.#protection = protection;
    this.#keep = keep;
    this.#flush = flush;
    this.#nextStream = dropUnfinished(database) + 1;
    const highest = (database.prepare('SELECT max(id) FROM bodies').pluck().get() as number | null) ?? 0;
    this.#unfiltered = Math.max(0, highest - FILTERED_BODIES_MAX);
    this.#filter = filterOfBodies(database, this.#unfiltered);
  }

  get losses(): number {
    return this.#losses;
  }

  put(bytes: Uint8Array): BodyRef {
    if (bytes.length > SEGMENT_BYTES) {
      const body = this.open();
      body.write(bytes);
      return body.finish();
    }
    const ref = { sha256: this.#recent.sha256Of(bytes), size: bytes.length };
    const row = this.#offerLent(ref, bytes);
    return row === null ? ref : new KeptBody(ref, row, this);
  }

  open(): BodyWriter {
    return new StreamedBody({
      buffers: this.#buffers,
      segment: (stream, number, bytes) => this.#writeSegment(stream ?? this.#nextStream++, number, bytes),
      whole: (ref, bytes) => this.#offerLent(ref, bytes),
      streamed: (ref, stream, hashes) => this.#offer(ref, { stream, hashes }),
      drop: (stream) => this.#dropStream(stream),
    });
  }

  putMissing(ref: BodyRef): void {
    if (this.#find(ref.sha256, true) === null && this.#find(ref.sha256, false) === null) this.#storeUnkept(ref);
  }

  /** The row of a body that was put before, for an exchange with or without findings. @throws RangeError when it never was. */
  claim(ref: BodyRef, hasFindings: boolean): number {
    if (ref instanceof KeptBody) {
      const row = ref.rowIn(this);
      if (row !== null) return row;
    }
    const waiting = this.#unclaimed.get(ref.sha256);
    if (waiting !== undefined) {
      waiting.claims -= 1;
      if (hasFindings && this.#find(ref.sha256, true) === null) this.#store(ref, waiting.content);
      if (waiting.claims <= 0) this.#release(ref.sha256, waiting.content);
    }
    const id = this.#find(ref.sha256, true) ?? this.#find(ref.sha256, false);
    if (id !== null) return id;
    if (waiting === undefined && this.#losses === 0) throw new RangeError(`body ${ref.sha256} was never put`);
    return this.#storeUnkept(ref);
  }

  get hasWaiting(): boolean {
    return this.#segments.length > 0;
  }

  /** Writes the segments that wait; the caller owns the transaction and calls {@link written} when it held. */
  writeSegments(): void {
    const insert = this.#statement('INSERT INTO segments (id, coding, size, data) VALUES (?, ?, ?, ?)');
    for (const { id, coding, size, data } of this.#segments) insert.run(id, coding, size, data);
  }

  written(): void {
    for (const { data, isBuffer } of this.#segments) if (isBuffer) this.#buffers.giveBack(data);
    this.#segments.length = 0;
    this.#segmentBytes = 0;
  }

  /** After rows of the batch were given up: what was remembered of them must not be relied on. */
  forget(): void {
    this.#losses += 1;
    this.#kept.clear();
    this.#unkept.clear();
  }

  /** What waits for its exchange needs bytes of its own. */
  #offerLent(ref: BodyRef, bytes: Uint8Array): number | null {
    return this.#offer(ref, this.#keep === 'findings' ? { bytes: Uint8Array.from(bytes) } : { bytes });
  }

  /** @returns the row, of a body whose bytes are kept. */
  #offer(ref: BodyRef, content: Content): number | null {
    const row = this.#find(ref.sha256, true);
    if (row !== null) {
      if ('stream' in content) this.#dropStream(content.stream);
      return row;
    }
    if (this.#keep === 'all' || ref.size === 0) return this.#store(ref, content);
    if (this.#keep === 'none') {
      if (this.#find(ref.sha256, false) === null) this.#storeUnkept(ref);
      if ('stream' in content) this.#dropStream(content.stream);
    } else {
      const waiting = this.#unclaimed.get(ref.sha256);
      if (waiting === undefined) this.#unclaimed.set(ref.sha256, { content, size: ref.size, claims: 1 });
      else {
        waiting.claims += 1;
        if ('stream' in content) this.#dropStream(content.stream);
      }
    }
    return null;
  }

  #release(sha256: string, content: Content): void {
    this.#unclaimed.delete(sha256);
    const stored = this.#find(sha256, true) !== null;
    if ('stream' in content && !stored) this.#dropStream(content.stream);
  }

  #store(ref: BodyRef, content: Content): number {
    const row = this.#storeContent(ref, content);
    remember(this.#kept, ref.sha256, row);
    return row;
  }

  #storeContent(ref: BodyRef, content: Content): number {
    if ('stream' in content) return this.#add(ref, [null, null, content.stream, content.hashes.length], content.hashes);
    if (ref.size === 0) return this.#add(ref, [null, null, null, null]);
    const { pack, start } = this.#packing.addBytes(content.bytes);
    return this.#add(ref, [pack, start, null, null]);
  }

  #storeUnkept(ref: BodyRef): number {
    const id = this.#add(ref, [null, null, null, null]);
    remember(this.#unkept, ref.sha256, id);
    return id;
  }

  #add({ sha256, size }: BodyRef, place: readonly Cell[], segments: readonly string[] = []): number {
    const id = this.#batch.reserve('bodies');
    const row = [id, sha256, size, ...place];
    this.#batch.add('bodies', row, segments.length === 0 ? row : [...row, ...segments]);
    this.#filter.add(sha256);
    return id;
  }

  #find(sha256: string, kept: boolean): number | null {
    const known = kept ? this.#kept : this.#unkept;
    const id = known.get(sha256);
    if (id !== undefined) return id;
    const amongNewest = this.#filter.mayHold(sha256);
    if (!amongNewest && this.#unfiltered === 0) return null;
    const has = kept ? '(pack IS NOT NULL OR stream IS NOT NULL OR size = 0)' : '(pack IS NULL AND stream IS NULL)';
    const row = this.#statement(`${selectByHash('id')} AND ${has} LIMIT 1`).get({
      sha256: Buffer.from(sha256, 'hex'),
      upto: amongNewest ? null : this.#unfiltered,
    }) as { id: number } | undefined;
    if (row === undefined) return null;
    remember(known, sha256, row.id);
    return row.id;
  }

  #writeSegment(stream: number, number: number, bytes: Uint8Array): { readonly stream: number; readonly hash: string } {
    const { coding, data } = packed(bytes, !looksDense(bytes), this.#protection);
    const isBuffer = data === bytes;
    if (!isBuffer) this.#buffers.giveBack(bytes);
    const seal = segmentSeal(coding, bytes.length, data);
    this.#segments.push({ id: stream * SEGMENTS_MAX + number, coding, size: bytes.length, data, isBuffer });
    this.#segmentBytes += data.length;
    if (this.#segmentBytes > WAITING_SEGMENTS_BYTES_MAX) this.#flush();
    return { stream, hash: seal };
  }

  #dropStream(stream: number): void {
    const from = stream * SEGMENTS_MAX;
    const to = from + SEGMENTS_MAX;
    const others = this.#segments.filter(({ id }) => id < from || id >= to);
    this.#segments.splice(0, this.#segments.length, ...others);
    this.#statement('DELETE FROM segments WHERE id >= ? AND id < ?').run(from, to);
  }

  readonly #statements = new Map<string, Statement>();

  #statement(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** A body whose bytes are kept, with its row: the exchange that claims it need not look for it. */
class KeptBody implements BodyRef {
  readonly sha256: string;
  readonly size: number;
  readonly #row: number;
  readonly #store: BodyStore;
  readonly #losses: number;

  constructor({ sha256, size }: BodyRef, row: number, store: BodyStore) {
    this.sha256 = sha256;
    this.size = size;
    this.#row = row;
    this.#store = store;
    this.#losses = store.losses;
  }

  /** Null in another store, and when rows were given up since. */
  rowIn(store: BodyStore): number | null {
    return store === this.#store && store.losses === this.#losses ? this.#row : null;
  }
}

/** What a body's line in the digest says of one segment. */
export function segmentSeal(coding: string, size: number, data: Uint8Array): string {
  return `${coding}:${size}:${hash('sha256', data)}`;
}

interface Segment {
  readonly id: number;
  readonly coding: string;
  readonly size: number;
  readonly data: Uint8Array;
  /** Whether `data` lies in one of the buffers that go round. */
  readonly isBuffer: boolean;
}

function remember(known: Map<string, number>, sha256: string, id: number): void {
  if (known.size >= RECENT_MAX) {
    let left = RECENT_MAX / 4;
    for (const old of known.keys()) {
      if (left-- === 0) break;
      known.delete(old);
    }
  }
  known.set(sha256, id);
}

/** Segments of bodies that were under way when a writer was killed belong to nothing. @returns the highest stream in use. */
function dropUnfinished(database: Connection): number {
  const next = database.prepare('SELECT id FROM segments WHERE id >= ? ORDER BY id LIMIT 1').pluck();
  const owner = database.prepare('SELECT 1 FROM bodies WHERE stream = ?').pluck();
  const drop = database.prepare('DELETE FROM segments WHERE id >= ? AND id < ?');
  let highest = 0;
  for (let from = 0; ; ) {
    const id = next.get(from) as number | undefined;
    if (id === undefined) return highest;
    const stream = Math.floor(id / SEGMENTS_MAX);
    from = (stream + 1) * SEGMENTS_MAX;
    if (owner.get(stream) === undefined) drop.run(stream * SEGMENTS_MAX, from);
    else highest = stream;
  }
}
