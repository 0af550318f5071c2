import { parentPort, workerData } from 'node:worker_threads';
import { TelltaleError } from '../model/errors.ts';
import type { FromAudit, ToAudit } from './audit-messages.ts';
import type { AuditPlan } from './audit-plan.ts';
import { AuditSession } from './audit-session.ts';
import { unpackEvents } from './event-codec.ts';

/** Entry of the audit thread: decoding, detection and the evidence file live here, away from the relay's event loop. */

const TICK_MS = 100;

function main(): void {
  const port = parentPort;
  if (port === null) throw new Error('audit-thread runs only as a worker thread');
  const tell = (message: FromAudit, transfer: readonly ArrayBuffer[] = []) => port.postMessage(message, transfer);
  const session = attempt(
    tell,
    () => new AuditSession(workerData as AuditPlan, (error) => tell({ type: 'defect', stack: stackOf(error) })),
  );
  if (session === null) return;
  const timer = setInterval(() => attempt(tell, () => session.tick(Date.now())), TICK_MS);
  port.on('message', (message: ToAudit) => {
    attempt(tell, () => {
      switch (message.type) {
        case 'events':
          for (const event of unpackEvents(message.batch)) session.accept(event);
          return tell({ type: 'judged', buffer: message.batch.buffer, counts: session.counts }, [message.batch.buffer]);
        case 'mark':
          return session.addMark(message.kind, message.at, message.note);
        case 'close':
          clearInterval(timer);
          session.close(message.at);
          tell({ type: 'closed', counts: session.counts, defects: session.defects });
          return port.close();
      }
    });
  });
  tell({ type: 'ready' });
}

/** Errors of the store end the audit; the relay's thread is told why and decides what becomes of the traffic. */
function attempt<Result>(tell: (message: FromAudit) => void, work: () => Result): Result | null {
  try {
    return work();
  } catch (error) {
    const code = error instanceof TelltaleError ? error.code : null;
    tell({ type: 'failed', code, message: code === null ? stackOf(error) : (error as Error).message });
    return null;
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main();
