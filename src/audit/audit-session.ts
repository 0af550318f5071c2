import { buildRecipientIndex } from '../attribute/recipients.ts';
import { compileDetector, type Detector } from '../detect/detector.ts';
import { EvidenceWriter } from '../evidence/evidence-writer.ts';
import { redactionKeyAt } from '../evidence/redaction-key.ts';
import { TelltaleError } from '../model/errors.ts';
import type { CaptureEvent } from '../model/exchange.ts';
import type { MarkKind } from '../model/mark.ts';
import { loadSignatureData } from '../signatures/load.ts';
import { loadCodecs } from '../signatures/load-codecs.ts';
import type { AuditPlan } from './audit-plan.ts';
import { type AuditCounts, Auditor } from './auditor.ts';
import { Redactor } from './redaction/redactor.ts';
import { commonPlatform, soughtTypes } from './sought-types.ts';

export interface SessionEvents {
  readonly onDefect: (error: unknown) => void;
  /** The store refused a batch and the capture goes on; with the number of exchanges lost so far. */
  readonly onNotStored: (error: TelltaleError, exchanges: number) => void;
}

/**
 * One capture being audited: opens the evidence file, compiles what to look for, and judges events until it is closed.
 *
 * Synchronous. Lives in the audit thread for a live capture, in the command's own thread for an import.
 * @throws TelltaleError when the evidence file or the signatures cannot be used.
 */
export class AuditSession {
  /** With a suffix where the name asked for was taken. */
  readonly captureName: string;
  readonly #writer: EvidenceWriter;
  readonly #auditor: Auditor;
  readonly #capture: number;
  readonly #relayOnError: boolean;
  readonly #events: SessionEvents;
  readonly #redactor: Redactor | null;
  #notStored = 0;
  /** Those of them that never had a row. */
  #rowless = 0;
  #defects = 0;

  constructor(plan: AuditPlan, events: SessionEvents) {
    this.#events = events;
    this.#relayOnError = plan.store.onError === 'relay';
    const data = loadSignatureData({ extraFolder: plan.signatureFolder });
    const codecs = loadCodecs({ extraFolder: plan.signatureFolder });
    const compile = (profile: AuditPlan['device']) =>
      compileDetector(profile, { app: plan.app, taxonomy: data.taxonomy, limits: plan.limits });
    const own = compile(plan.device);
    const detectors = new Map<string, Detector>(plan.devices.map((profile) => [profile.name, compile(profile)]));
    const platform = commonPlatform(plan.device, plan.devices);
    const { redact } = plan.store;
    this.#redactor = redact ? new Redactor(redactionKeyAt(plan.db), [plan.device, ...plan.devices]) : null;
    this.#writer = EvidenceWriter.open(plan.db, plan.store);
    this.#capture = this.#writer.beginCapture({
      name: plan.captureName,
      startedAt: plan.startedAt,
      app: plan.app,
      deviceName: plan.device.name === '' ? null : plan.device.name,
      facts: {
        ...plan.facts,
        signatures: data.digest,
        codecs: codecs.digest,
        sought: soughtTypes(plan.device, plan.devices, plan.app),
        ...(platform === null ? {} : { platform }),
        ...(plan.firstPartyHosts.length === 0 ? {} : { own_hosts: plan.firstPartyHosts.join(',') }),
        ...(redact ? { redacted: true } : {}),
      },
    });
    this.captureName = this.#writer.captureName(this.#capture);
    this.#auditor = new Auditor({
      redactor: this.#redactor,
      writer: this.#writer,
      capture: this.#capture,
      detectorOf: (device) => (device === null ? own : (detectors.get(device) ?? own)),
      recipients: buildRecipientIndex(data.signatures, { app: plan.app, firstPartyHosts: plan.firstPartyHosts }),
      codecs: codecs.codecs,
      limits: plan.limits,
      onDefect: (error) => {
        this.#defects += 1;
        events.onDefect(error);
      },
    });
  }

  get counts(): AuditCounts {
    return this.#auditor.counts;
  }

  /** Exchanges that could not be judged by a defect of ours. */
  get defects(): number {
    return this.#defects;
  }

  /** Exchanges that could not be stored (`onError: 'relay'`). */
  get notStored(): number {
    return this.#notStored;
  }

  accept(event: CaptureEvent): void {
    // A closure for each event would be garbage.
    try {
      this.#auditor.accept(event);
    } catch (error) {
      this.#refused(error);
    }
  }

  addMark(kind: MarkKind, at: number, note: string | null): void {
    const shown = note === null ? null : (this.#redactor?.text(note) ?? note);
    this.#writer.addMark(this.#capture, { kind, at, note: shown });
    this.#writer.flush();
  }

  /** Notes on the timeline when an alias turns out to hide an SDK. */
  addAlias(host: string, chain: readonly string[], at: number): void {
    const reason = this.#auditor.addAlias(host, chain);
    if (reason !== null) this.addMark('note', at, reason);
  }

  /** To be called every tenth of a second, so that what has ended is on disk soon after. */
  tick(now: number): void {
    this.#stored(() => this.#writer.tick(now));
  }

  /** Ends what is under way, seals and closes the file. */
  close(at: number): void {
    try {
      do this.#stored(() => this.#auditor.finish(at));
      while (!this.#auditor.idle);
      this.#stored(() => this.#writer.flush());
      this.#writer.endCapture(this.#capture, at);
      this.#writer.close();
    } finally {
      this.#writer.abandon();
    }
  }

  /** Lets go of a file that cannot be written any more; what was sealed stays good. */
  abandon(): void {
    this.#writer.abandon();
  }

  /** The store may refuse to write: then the capture ends with that error, or goes on without what waited, as the operator chose. */
  #stored(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#refused(error);
    }
  }

  #refused(error: unknown): void {
    if (!this.#relayOnError || !(error instanceof TelltaleError)) throw error;
    // An exchange that ended while the store failed may have had no row yet: it is not in the batch that is given up.
    const rowless = this.#auditor.ended - this.#writer.exchanges - this.#rowless;
    this.#rowless += rowless;
    this.#notStored += this.#writer.giveUpBatch(Date.now(), rowless);
    this.#events.onNotStored(error, this.#notStored);
  }
}
