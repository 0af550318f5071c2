import type { NewCapture, NewConnection, NewGap } from '../model/evidence.ts';
import type { Batch } from './batch.ts';
import type { KeepBodies } from './body-store.ts';
import type { Connection, Statement } from './database.ts';
import { time } from './exchange-rows.ts';
import { wellFormed, wellFormedOrNull } from './well-formed.ts';
import type { Words } from './words.ts';

interface CaptureParts {
  readonly database: Connection;
  readonly batch: Batch;
  readonly words: Words;
  readonly keep: KeepBodies;
}

/** Adds captures and the phone's connections to the batch: what exchanges refer to. */
export class CaptureRows {
  readonly #batch: Batch;
  readonly #words: Words;
  readonly #keep: KeepBodies;
  readonly #named: Statement;
  readonly #nameOf: Statement;

  constructor({ database, batch, words, keep }: CaptureParts) {
    this.#batch = batch;
    this.#words = words;
    this.#keep = keep;
    this.#named = database.prepare('SELECT 1 FROM captures WHERE name = ?').pluck();
    this.#nameOf = database.prepare('SELECT name FROM captures WHERE id = ?').pluck();
  }

  /** When the name is taken, the capture gets the first free suffix of -2, -3, … @returns its row. */
  begin(capture: NewCapture): number {
    const id = this.#batch.reserve('captures');
    const device = capture.deviceName === null ? null : this.#words.device(capture.deviceName);
    const facts = JSON.stringify(this.#keep === 'all' ? capture.facts : { ...capture.facts, keep_bodies: this.#keep });
    const name = this.#freeName(wellFormed(capture.name));
    this.#batch.add('captures', [
      id,
      name,
      time(capture.startedAt),
      wellFormedOrNull(capture.app),
      device,
      wellFormed(facts),
    ]);
    return id;
  }

  end(id: number, at: number): void {
    this.#batch.add('capture_ends', [this.#batch.reserve('capture_ends'), id, time(at)]);
  }

  /** The name that a capture has in the file. */
  nameOf(id: number): string {
    return this.#nameOf.get(id) as string;
  }

  /** @returns the connection's row. */
  addConnection(connection: NewConnection): number {
    const id = this.#batch.reserve('connections');
    this.#batch.add('connections', [
      id,
      connection.capture,
      time(connection.openedAt),
      wellFormed(connection.phoneAddress),
      connection.phonePort,
      wellFormed(connection.via),
      connection.device === null ? null : this.#words.device(connection.device),
    ]);
    return id;
  }

  closeConnection(id: number, at: number): void {
    this.#batch.add('connection_ends', [this.#batch.reserve('connection_ends'), id, time(at)]);
  }

  #freeName(name: string): string {
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : `${name}-${number}`;
      if (this.#named.get(candidate) === undefined) return candidate;
    }
  }
}

/** What a capture says of the bodies that it does not keep; null when it keeps all. */
export function keepGapOf(capture: number, at: number, keep: KeepBodies): NewGap | null {
  if (keep === 'all') return null;
  const detail = keep === 'none' ? 'all bodies' : 'bodies of exchanges without findings';
  const gap = { kind: 'body-not-kept', at: [], bytesUnread: 0, detail } as const;
  return gapOfCapture(capture, at, gap, { keep_bodies: keep });
}

/** A gap of a capture as a whole, of no connection or exchange. */
export function gapOfCapture(capture: number, at: number, gap: NewGap['gap'], facts: NewGap['facts']): NewGap {
  return { capture, connection: null, exchange: null, at, host: null, port: null, recipient: null, gap, facts };
}
