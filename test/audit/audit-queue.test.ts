import { expect, it } from 'vitest';
import { AuditQueue } from '../../src/audit/audit-queue.ts';
import type { PackedEvents } from '../../src/audit/event-layout.ts';
import { EventReader } from '../../src/audit/event-reader.ts';
import type { CaptureEvent } from '../../src/model/exchange.ts';

const LIMITS = { waitingBytesMax: 1_000, batchBytes: 300, batchMs: 5 };
const bytes = (length: number, exchange = 1) =>
  ({ type: 'request-bytes', exchange, bytes: new Uint8Array(length) }) as const;

function eventsIn(batch: PackedEvents, reader = new EventReader()): readonly CaptureEvent[] {
  const events: CaptureEvent[] = [];
  reader.read(batch, (event) => events.push(event));
  return events;
}

it('asks to wait when too much is waiting, and calls again when half of it is judged', async () => {
  const posted: PackedEvents[] = [];
  const queue = new AuditQueue((batch) => posted.push(batch), LIMITS);
  const answers = Array.from({ length: 6 }, () => queue.accept(bytes(250)));
  expect(answers).toEqual([true, true, true, false, false, false]);
  const events = posted.flatMap((batch) => eventsIn(batch));
  let ready = false;
  const wait = queue.whenReady().then(() => {
    ready = true;
  });
  for (const [index, batch] of posted.entries()) {
    queue.acknowledge(batch.buffer);
    await Promise.resolve();
    expect(ready, `after batch ${index}`).toBe(6 - (index + 1) <= 1_000 / 300 / 2);
  }
  await wait;
  expect(events).toHaveLength(6);
});

it('hands over a small batch by itself after a while', async () => {
  const posted = new Promise<PackedEvents>((resolve) => {
    new AuditQueue(resolve, LIMITS).accept(bytes(1));
  });
  expect(eventsIn(await posted)).toHaveLength(1);
});

it('lets a small batch grow while the audit is busy, and hands it over when it is not', async () => {
  const posted: PackedEvents[] = [];
  const queue = new AuditQueue((batch) => posted.push(batch), LIMITS);
  queue.accept(bytes(250));
  queue.accept(bytes(1));
  await new Promise((resolve) => setTimeout(resolve, LIMITS.batchMs * 3));
  expect(posted).toHaveLength(1);
  queue.accept(bytes(2, 2));
  queue.acknowledge((posted[0] as PackedEvents).buffer);
  expect(posted).toHaveLength(2);
  expect(eventsIn(posted[1] as PackedEvents)).toHaveLength(2);
});

it('never makes the relay wait once nobody judges any more', async () => {
  const queue = new AuditQueue(() => undefined, LIMITS);
  for (let count = 0; count < 6; count += 1) queue.accept(bytes(250));
  const wait = queue.whenReady();
  queue.abandon();
  await wait;
  expect(queue.accept(bytes(250))).toBe(true);
});
