import type { BodyRef, NewCapture, NewConnection, NewExchange, NewGap } from '../model/evidence.ts';
import type { MarkKind } from '../model/mark.ts';
import { Batch } from './batch.ts';
import { BodyStore, type KeepBodies } from './body-store.ts';
import { CaptureRows, keepGapOf } from './capture-rows.ts';
import { type Connection, explained, limitSize, openForWriting, tidy } from './database.ts';
import { ExchangeRows } from './exchange-rows.ts';
import { type Inserts, insertsOf } from './inserts.ts';
import { lossGap, lostIn, NOTHING_LOST } from './losses.ts';
import { appendMark } from './marks.ts';
import { Packing } from './packing.ts';
import { type EvidenceSecret, encryptionRow, type Protection, protectionOf } from './protection.ts';
import { addSeal, BatchDigest, chainHead, type SealedTable } from './sealing.ts';
import { type SigningKey, signingKeyAt, signingKeyPath } from './signing-key.ts';
import { appendSealed, requireSealed, requireSigner } from './standing.ts';
import type { BodyWriter } from './streamed-body.ts';
import { Tallies } from './tallies.ts';
import { Words } from './words.ts';
import { WriterLock } from './writer-lock.ts';

export interface WriterOptions {
  readonly keepBodies?: KeepBodies;
  /** Where the signing key is; by default `evidence.key` in the folder of the file. */
  readonly keyPath?: string;
  /** Encrypts a new file, opens an encrypted one. */
  readonly secret?: EvidenceSecret | null;
  /** Bytes that the file may grow to; beyond it `flush` throws `evidence-full`. */
  readonly maxBytes?: number | null;
  /** Milliseconds to wait while another process holds the file. */
  readonly busyMs?: number;
  /** Milliseconds since 1970; for the times of seals. */
  readonly now?: () => number;
}

/** A batch is written when it holds this many rows … */
const BATCH_ROWS_MAX = 8_000;
/** … or stands for this many bytes of bodies … */
const BATCH_BYTES_MAX = 8 * 1024 * 1024;
/** … or has waited this long. */
const BATCH_MS_MAX = 250;

/** Tables whose rows are given up when a batch cannot be written; the others stay, since later rows may refer to them. */
const GIVEN_UP: readonly SealedTable[] = [
  'packs',
  'bodies',
  'exchanges',
  'findings',
  'messages',
  'gaps',
  'repeated_findings',
];

/**
 * Writes evidence: rows wait in a batch, get their ids at once, and reach the file in one transaction, sealed.
 *
 * One writer a file, used from one thread. What `flush` throws is a TelltaleError (`evidence-full`, `evidence-locked`,
 * `file-unwritable`); the batch is kept, so that a later flush may succeed, until {@link giveUpBatch}.
 */
export class EvidenceWriter {
  readonly #path: string;
  readonly #database: Connection;
  readonly #lock: WriterLock;
  readonly #signer: SigningKey;
  readonly #protection: Protection;
  readonly #keep: KeepBodies;
  readonly #now: () => number;
  readonly #batch: Batch;
  readonly #inserts: Readonly<Record<SealedTable, Inserts>>;
  readonly #packing: Packing;
  readonly #bodies: BodyStore;
  readonly #words: Words;
  readonly #captures: CaptureRows;
  readonly #tallies: Tallies;
  readonly #rows: ExchangeRows;
  readonly #key: number;
  readonly #write: () => void;
  #capture: number | null = null;
  #bytes = 0;
  #exchanges = 0;
  #since: number | null = null;
  /** What was given up and whose gap is not in the file yet. */
  #unsaid = NOTHING_LOST;

  /** @throws TelltaleError `evidence-invalid`, `evidence-newer`, `evidence-locked`, `file-unwritable`, `evidence-key`, `evidence-encrypted`. */
  static open(path: string, options: WriterOptions = {}): EvidenceWriter {
    const lock = WriterLock.take(path);
    try {
      const database = openForWriting(path, options.busyMs);
      try {
        return new EvidenceWriter(path, database, lock, options);
      } catch (error) {
        database.close();
        throw error;
      }
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  private constructor(path: string, database: Connection, lock: WriterLock, options: WriterOptions) {
    this.#path = path;
    this.#database = database;
    this.#lock = lock;
    this.#now = options.now ?? Date.now;
    this.#keep = options.keepBodies ?? 'all';
    this.#signer = signingKeyAt(options.keyPath ?? signingKeyPath(path));
    limitSize(database, options.maxBytes ?? null);
    requireSealed(database, path);
    this.#key = requireSigner(database, this.#signer, this.#now());
    this.#protection = this.#protect(options.secret ?? null);
    this.#batch = new Batch(chainHead(database).upto);
    this.#inserts = insertsOf(database);
    this.#packing = new Packing(this.#batch, this.#protection);
    this.#bodies = new BodyStore({
      database,
      batch: this.#batch,
      packing: this.#packing,
      protection: this.#protection,
      keep: this.#keep,
      flush: () => this.flush(),
    });
    this.#words = new Words(database, this.#batch, this.#protection);
    this.#captures = new CaptureRows({ database, batch: this.#batch, words: this.#words, keep: this.#keep });
    this.#tallies = new Tallies(database);
    this.#rows = new ExchangeRows({
      batch: this.#batch,
      packing: this.#packing,
      protection: this.#protection,
      bodies: this.#bodies,
      words: this.#words,
      tallies: this.#tallies,
    });
    this.#write = database.transaction(() => this.#writeBatch()).immediate;
  }

  /** Begins a capture; when the name is taken it gets the first free suffix of -2, -3, … @returns its row. */
  beginCapture(capture: NewCapture): number {
    const id = this.#captures.begin(capture);
    const keepGap = keepGapOf(id, capture.startedAt, this.#keep);
    if (keepGap !== null) this.addGap(keepGap);
    this.flush();
    return id;
  }

  endCapture(id: number, at: number): void {
    this.#captures.end(id, at);
    this.flush();
  }

  addConnection(connection: NewConnection): number {
    this.#begin(connection.capture);
    return this.#captures.addConnection(connection);
  }

  closeConnection(id: number, at: number): void {
    this.#begin(this.#capture);
    this.#captures.closeConnection(id, at);
  }

  /** A body of any size, in bounded memory. */
  openBody(): BodyWriter {
    return this.#bodies.open();
  }

  /** A body that is whole. The bytes are copied. */
  putBody(bytes: Uint8Array): BodyRef {
    this.#begin(this.#capture);
    this.#bytes += bytes.length;
    return this.#bodies.put(bytes);
  }

  /** A body of which only that it passed is known. */
  putMissing(ref: BodyRef): BodyRef {
    this.#begin(this.#capture);
    this.#bodies.putMissing(ref);
    return ref;
  }

  /** The name that a capture has in the file. */
  captureName(id: number): string {
    return this.#captures.nameOf(id);
  }

  /** @returns the exchange's row. Its bodies must have been put before. */
  addExchange(exchange: NewExchange): number {
    this.#begin(exchange.capture);
    const { id, bytes } = this.#rows.addExchange(exchange);
    this.#exchanges += 1;
    this.#bytes += bytes;
    this.#flushWhenFull();
    return id;
  }

  addGap(gap: NewGap): number {
    this.#begin(gap.capture);
    const id = this.#rows.addGap(gap);
    this.#flushWhenFull();
    return id;
  }

  /** Exchanges of which a row was made, also when it was given up later. */
  get exchanges(): number {
    return this.#exchanges;
  }

  /** Written and sealed at once. */
  addMark(
    capture: number,
    mark: { readonly kind: MarkKind; readonly at: number; readonly note: string | null },
  ): number {
    this.flush();
    return explained(this.#path, () => appendMark(this.#database, this.#signer, capture, mark, this.#now()));
  }

  /** Whether rows have waited long enough to be written. */
  due(now: number): boolean {
    return this.#since !== null && now - this.#since >= BATCH_MS_MAX;
  }

  /** To be called every 100 ms or so: writes what is due, so that everything is in the file within half a second. */
  tick(now: number): void {
    if (this.due(now)) this.flush();
  }

  /** Writes and seals everything that waits. */
  flush(): void {
    this.#packing.close();
    if (this.#batch.count === 0 && !this.#bodies.hasWaiting) return;
    explained(this.#path, this.#write);
    this.#batch.clear();
    this.#bodies.written();
    this.#tallies.clear();
    this.#bytes = 0;
    this.#since = null;
    this.#unsaid = NOTHING_LOST;
  }

  /**
   * Gives up the exchanges, bodies and gaps that wait, after `flush` failed and the relay is to go on. A gap takes their place.
   * @param rowless exchanges that ended meanwhile and of which no row waits.
   * @returns how many exchanges were given up, these among them.
   */
  giveUpBatch(at: number, rowless = 0): number {
    const lost = lostIn(this.#batch, rowless);
    // The gap of what was given up before may be in this batch: it goes with it, and is said again.
    this.#unsaid = { exchanges: this.#unsaid.exchanges + lost.exchanges, gaps: this.#unsaid.gaps + lost.gaps };
    this.#packing.clear();
    this.#batch.clear(GIVEN_UP);
    this.#bodies.written();
    this.#bodies.forget();
    this.#rows.forget();
    this.#tallies.clear();
    this.#bytes = 0;
    const gap = this.#capture === null ? null : lossGap(this.#capture, at, this.#unsaid);
    if (gap !== null) this.addGap(gap);
    return lost.exchanges;
  }

  /**
   * Writes what waits and leaves one file without companions. Lets go of the file in any case.
   * @throws TelltaleError when what waits cannot be written; {@link giveUpBatch} first avoids that.
   */
  close(): void {
    if (!this.#database.open) return;
    try {
      this.flush();
      tidy(this.#database);
    } finally {
      this.abandon();
    }
  }

  /** Lets go of the file as it is; what waits is lost. */
  abandon(): void {
    if (!this.#database.open) return;
    this.#database.close();
    this.#lock.release();
  }

  #protect(secret: EvidenceSecret | null): Protection {
    const row = encryptionRow(this.#database, this.#path, secret);
    if (row !== null) {
      const add = () => appendSealed(this.#database, this.#signer, this.#key, null, this.#now(), { encryption: [row] });
      this.#database.transaction(add).immediate();
    }
    return protectionOf(this.#database, this.#path, secret);
  }

  #begin(capture: number | null): void {
    if (this.#capture !== null && capture !== this.#capture && this.#batch.count > 0) this.flush();
    this.#capture = capture;
    this.#since ??= this.#now();
  }

  #flushWhenFull(): void {
    if (this.#batch.count >= BATCH_ROWS_MAX || this.#bytes >= BATCH_BYTES_MAX) this.flush();
  }

  #writeBatch(): void {
    this.#bodies.writeSegments();
    if (this.#batch.count === 0) return;
    const head = chainHead(this.#database);
    this.#batch.follow(head.upto);
    const digest = new BatchDigest();
    this.#batch.write(this.#inserts, digest);
    this.#tallies.write();
    const seal = { capture: this.#capture, at: this.#now(), upto: this.#batch.upto(head.upto), key: this.#key };
    addSeal(this.#database, head, seal, digest, this.#signer);
  }
}
