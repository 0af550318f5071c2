import { expect, it } from 'vitest';
import { AuditQueue } from '../../src/audit/audit-queue.ts';
import { unpackEvents } from '../../src/audit/event-codec.ts';

const LIMITS = { waitingBytesMax: 1_000, batchBytes: 300, batchMs: 5 };
const bytes = (length: number) => ({ type: 'request-bytes', exchange: 1, bytes: new Uint8Array(length) }) as const;

it('asks to wait when too much is waiting, and calls again when half of it is judged', async () => {
  const posted: ArrayBuffer[] = [];
  const queue = new AuditQueue((batch) => posted.push(batch), LIMITS);
  const answers = Array.from({ length: 6 }, () => queue.accept(bytes(250)));
  expect(answers).toEqual([true, true, true, false, false, false]);
  let ready = false;
  const wait = queue.whenReady().then(() => {
    ready = true;
  });
  queue.acknowledge(posted[0]?.byteLength ?? 0);
  await Promise.resolve();
  expect(ready).toBe(false);
  for (const batch of posted.slice(1)) queue.acknowledge(batch.byteLength);
  await wait;
  expect(posted.flatMap((batch) => [...unpackEvents(batch)])).toHaveLength(6);
});

it('hands over a small batch by itself after a while', async () => {
  const posted = new Promise<ArrayBuffer>((resolve) => {
    new AuditQueue(resolve, LIMITS).accept(bytes(1));
  });
  expect([...unpackEvents(await posted)]).toHaveLength(1);
});
