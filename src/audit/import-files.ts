import { basename } from 'node:path';
import { profileNotices } from '../detect/profile-notices.ts';
import { NO_DEVICE } from '../device/profile.ts';
import type { CaptureEvent } from '../model/exchange.ts';
import { DEFAULT_LIMITS } from '../model/limits.ts';
import type { StorePlan } from './audit-plan.ts';
import { AuditSession } from './audit-session.ts';
import type { AuditCounts } from './auditor.ts';
import type { Log } from './capture.ts';
import { openDeviceProfile } from './device-profiles.ts';
import { readHar } from './import/har.ts';

export interface ImportOptions {
  readonly files: readonly string[];
  readonly db: string;
  /** Null: named after the first file. */
  readonly capture: string | null;
  readonly device: string | null;
  readonly app: string | null;
  readonly firstParty: readonly string[];
  readonly signatures: string | null;
  readonly store: StorePlan;
  readonly version: string;
  readonly log: Log;
  /** Hears what is doubtful about the device profile, and what of a recording was left out. */
  readonly onNotice: (notice: string) => void;
  readonly onProgress: (counts: AuditCounts) => void;
  /** Asked again and again: whether the operator wants no more of it. What was read stays, with a gap that says so. */
  readonly stopped?: () => boolean;
}

export interface ImportResult {
  /** The name that it has in the file. */
  readonly capture: string;
  readonly counts: AuditCounts;
  readonly defects: number;
}

/** Exchange numbers of one file stay below this, so that those of the next file can follow. */
const NUMBERS_PER_FILE = 2 ** 40;

/** Events between two looks at whether something is due to be written or shown. */
const EVENTS_PER_TICK = 256;

/**
 * Puts recorded traffic through the same audit as a live capture. The times are those of the recording, so the same files give the
 * same capture.
 * @throws TelltaleError when a file, the profile or the evidence file cannot be used; nothing is written then.
 */
export async function importFiles(options: ImportOptions): Promise<ImportResult> {
  const device = options.device === null ? NO_DEVICE : openDeviceProfile(options.device, options.signatures);
  for (const notice of profileNotices(device)) options.onNotice(notice);
  const events = eventsOf(options)[Symbol.asyncIterator]();
  // The first event is read before the evidence file is touched: a file that is no recording leaves no trace.
  let next = await events.next();
  // A recording without an event has no time of its own.
  const startedAt = next.done ? Date.now() : timeOf(next.value, 0);
  const capture = options.capture ?? basename(options.files[0] ?? 'import').replace(/(?:\.har)?\.[^.]+$/i, '');
  const session = new AuditSession(
    {
      db: options.db,
      captureName: capture,
      startedAt,
      app: options.app,
      device,
      devices: [],
      firstPartyHosts: options.firstParty,
      signatureFolder: options.signatures,
      limits: DEFAULT_LIMITS,
      store: options.store,
      facts: { version: options.version, source: 'import' },
    },
    {
      onDefect: (error) => {
        const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
        options.log('error', 'an exchange could not be judged', { stack });
      },
      onNotStored: () => undefined,
    },
  );
  let endedAt = startedAt;
  try {
    for (let count = 0; !next.done; count += 1, next = await events.next()) {
      session.accept(next.value);
      endedAt = Math.max(endedAt, timeOf(next.value, endedAt));
      if (count % EVENTS_PER_TICK !== 0) continue;
      // Streams of a file that is at hand come without a turn of the event loop, in which signals are heard.
      await new Promise(setImmediate);
      if (options.stopped?.() === true) {
        session.accept(stoppedAt(endedAt, count + 1));
        break;
      }
      session.tick(Date.now());
      options.onProgress(session.counts);
    }
  } finally {
    session.close(endedAt);
  }
  return { capture: session.captureName, counts: session.counts, defects: session.defects };
}

/** The rest of the recording was not read. */
function stoppedAt(at: number, events: number): CaptureEvent {
  const detail = `the import was stopped after ${events} events; what follows in the recording was not read`;
  return {
    type: 'gap',
    at,
    connection: null,
    exchange: null,
    host: null,
    port: null,
    gap: { kind: 'import-cut', at: [], bytesUnread: null, detail },
    facts: {},
  };
}

async function* eventsOf({ files, onNotice }: ImportOptions): AsyncGenerator<CaptureEvent> {
  for (const [index, file] of files.entries()) {
    const base = index * NUMBERS_PER_FILE;
    for await (const event of readHar(file, undefined, onNotice)) {
      const moved = { ...event } as { exchange?: number | null; connection?: number | null };
      if (typeof moved.exchange === 'number') moved.exchange += base;
      if (typeof moved.connection === 'number') moved.connection += base;
      yield moved as CaptureEvent;
    }
  }
}

function timeOf(event: CaptureEvent, fallback: number): number {
  return 'at' in event && event.at > 0 ? event.at : fallback;
}
