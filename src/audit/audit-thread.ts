import { parentPort, workerData } from 'node:worker_threads';
import { TelltaleError } from '../model/errors.ts';
import type { FromAudit, ToAudit } from './audit-messages.ts';
import type { AuditPlan } from './audit-plan.ts';
import { AuditSession } from './audit-session.ts';
import { BodyGarbage, garbageCollector } from './body-garbage.ts';
import { EventReader } from './event-reader.ts';

/** Entry of the audit thread: decoding, detection and the evidence file live here, away from the relay's event loop. */

const TICK_MS = 100;

function main(): void {
  const port = parentPort;
  if (port === null) throw new Error('audit-thread runs only as a worker thread');
  const tell = (message: FromAudit, transfer: readonly ArrayBuffer[] = []) => port.postMessage(message, transfer);
  const events = new EventReader();
  let session: AuditSession | null = null;
  let timer: NodeJS.Timeout | null = null;
  const collect = garbageCollector();
  const garbage = new BodyGarbage(collect);
  /** Errors of the store end the audit: the relay's thread is told why, and decides what becomes of the traffic. */
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      const code = error instanceof TelltaleError ? error.code : null;
      tell({ type: 'failed', code, message: code === null ? stackOf(error) : (error as Error).message });
      if (timer !== null) clearInterval(timer);
      port.close();
      session?.abandon();
    }
  };
  const receive = (open: AuditSession, message: ToAudit) => {
    switch (message.type) {
      case 'events':
        events.read(message.batch, (event) => open.accept(event));
        tell({ type: 'judged', buffer: message.batch.buffer, counts: open.counts }, [message.batch.buffer]);
        return garbage.passed(message.batch.used);
      case 'mark':
        return open.addMark(message.kind, message.at, message.note);
      case 'alias':
        return open.addAlias(message.host, message.chain, message.at);
      case 'close':
        if (timer !== null) clearInterval(timer);
        open.close(message.at);
        tell({ type: 'closed', counts: open.counts, defects: open.defects, notStored: open.notStored });
        return port.close();
    }
  };
  attempt(() => {
    const opened = new AuditSession(workerData as AuditPlan, {
      onDefect: (error) => tell({ type: 'defect', stack: stackOf(error) }),
      onNotStored: ({ message }, exchanges) => tell({ type: 'not-stored', message, exchanges }),
    });
    session = opened;
    // Compiling what to look for leaves as much behind as it keeps, and V8 would rather let the heap grow around it.
    collect();
    timer = setInterval(() => attempt(() => opened.tick(Date.now())), TICK_MS);
    port.on('message', (message: ToAudit) => attempt(() => receive(opened, message)));
    tell({ type: 'ready', capture: opened.captureName });
  });
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main();
