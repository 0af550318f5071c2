import { Worker } from 'node:worker_threads';
import { type ERROR_MESSAGES, TelltaleError } from '../model/errors.ts';
import type { CaptureSink } from '../model/exchange.ts';
import type { MarkKind } from '../model/mark.ts';
import type { FromAudit, ToAudit } from './audit-messages.ts';
import type { AuditPlan } from './audit-plan.ts';
import { AuditQueue } from './audit-queue.ts';
import type { AuditCounts } from './auditor.ts';
import { BodyGarbage } from './body-garbage.ts';

export interface AuditSummary {
  readonly counts: AuditCounts;
  /** Exchanges that could not be judged by a defect of ours. */
  readonly defects: number;
  /** Exchanges that could not be stored. */
  readonly notStored: number;
}

/** Most objects of the audit die with their exchange; a young generation of the default size only holds more of the dead. */
const YOUNG_MEGABYTES = 8;
/** Far more than the most hostile bodies take; from this V8 also derives how far it lets garbage pile up: to twice what is alive. */
const OLD_MEGABYTES = 1024;

export interface LiveAuditEvents {
  readonly onDefect: (stack: string) => void;
  /** The store refused a batch and the capture goes on without it. */
  readonly onNotStored: (message: string, exchanges: number) => void;
  /** The evidence file can no longer be written: the audit has ended. */
  readonly onFailure: (error: Error) => void;
}

/** The audit thread of a live capture, seen from the relay's side. */
export class LiveAudit {
  readonly sink: CaptureSink;
  readonly #worker: Worker;
  readonly #queue: AuditQueue;
  readonly #events: LiveAuditEvents;
  #counts: AuditCounts = { exchanges: 0, sdks: 0, findings: 0, gaps: 0 };
  #captureName = '';
  #failure: Error | null = null;
  #settleStart: ((error: Error | null) => void) | null = null;
  #settleClose: ((summary: AuditSummary) => void) | null = null;

  private constructor(plan: AuditPlan, events: LiveAuditEvents) {
    this.#events = events;
    this.#worker = new Worker(threadUrl(), {
      workerData: plan,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES, maxOldGenerationSizeMb: OLD_MEGABYTES },
    });
    const garbage = new BodyGarbage();
    this.#queue = new AuditQueue((batch) => {
      this.#post({ type: 'events', batch }, [batch.buffer]);
      garbage.passed(batch.used);
    });
    this.sink = this.#queue;
    this.#worker.on('message', (message: FromAudit) => this.#receive(message));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the audit thread ended unexpectedly')));
  }

  /**
   * Starts the thread and waits until the evidence file is open.
   * @throws TelltaleError when the evidence file or the signatures cannot be used.
   */
  static async start(plan: AuditPlan, events: LiveAuditEvents): Promise<LiveAudit> {
    const audit = new LiveAudit(plan, events);
    const failure = await new Promise<Error | null>((resolve) => {
      audit.#settleStart = resolve;
    });
    audit.#settleStart = null;
    if (failure !== null) {
      await audit.#worker.terminate();
      throw failure;
    }
    return audit;
  }

  /** The name of the capture in the file: with a suffix where the one asked for was taken. */
  get captureName(): string {
    return this.#captureName;
  }

  get counts(): AuditCounts {
    return this.#counts;
  }

  addMark(kind: MarkKind, at: number, note: string | null): void {
    this.#queue.flush();
    this.#post({ type: 'mark', kind, at, note }, []);
  }

  /** A host is an alias of other names, in order; exchanges that end from now on are attributed with that in mind. */
  addAlias(host: string, chain: readonly string[], at: number): void {
    this.#post({ type: 'alias', host, chain, at }, []);
  }

  /** Judges what is still queued, seals and closes the evidence file, and ends the thread. */
  async close(at: number): Promise<AuditSummary> {
    if (this.#failure !== null) return { counts: this.#counts, defects: 0, notStored: 0 };
    this.#queue.flush();
    const closed = new Promise<AuditSummary>((resolve) => {
      this.#settleClose = resolve;
    });
    this.#post({ type: 'close', at }, []);
    return closed;
  }

  #post(message: ToAudit, transfer: readonly ArrayBuffer[]): void {
    if (this.#failure === null) this.#worker.postMessage(message, transfer);
  }

  #receive(message: FromAudit): void {
    switch (message.type) {
      case 'ready':
        this.#captureName = message.capture;
        return this.#settleStart?.(null);
      case 'judged':
        this.#counts = message.counts;
        return this.#queue.acknowledge(message.buffer);
      case 'defect':
        return this.#events.onDefect(message.stack);
      case 'not-stored':
        return this.#events.onNotStored(message.message, message.exchanges);
      case 'failed':
        return this.#fail(message.code === null ? new Error(message.message) : errorOf(message.code, message.message));
      case 'closed':
        this.#counts = message.counts;
        this.#worker.removeAllListeners('exit');
        this.#settleClose?.({ counts: message.counts, defects: message.defects, notStored: message.notStored });
        this.#settleClose = null;
    }
  }

  #fail(error: Error): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    this.#queue.abandon();
    if (this.#settleStart !== null) return this.#settleStart(error);
    this.#settleClose?.({ counts: this.#counts, defects: 0, notStored: 0 });
    this.#settleClose = null;
    this.#events.onFailure(error);
  }
}

/** The thread runs compiled code: beside this file in dist/, and in dist/ too when this file runs from src/ under a test runner. */
function threadUrl(): URL {
  const here = import.meta.url;
  return here.endsWith('.ts') ? new URL('../../dist/audit/audit-thread.js', here) : new URL('./audit-thread.js', here);
}

/** An error that crossed threads as its code and message. */
function errorOf(code: keyof typeof ERROR_MESSAGES, message: string): TelltaleError {
  const error = new TelltaleError(code, {});
  error.message = message;
  return error;
}
