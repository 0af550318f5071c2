import { expect, it } from 'vitest';
import { EventBatch } from '../../src/audit/event-batch.ts';
import type { PackedEvents } from '../../src/audit/event-layout.ts';
import { EventReader } from '../../src/audit/event-reader.ts';
import { markRecurring } from '../../src/intercept/recurring.ts';
import type { CaptureEvent, RequestHead, ResponseHead } from '../../src/model/exchange.ts';

function recurring<Head extends object>(head: Head): Head {
  markRecurring(head);
  return head;
}

const requestHead = (target: string): RequestHead => ({
  method: 'POST',
  scheme: 'https',
  host: 'a.example',
  port: 443,
  target,
  httpVersion: '1.1',
  headers: [['Content-Length', '600']],
});
const responseHead = (reason: string): ResponseHead => ({ status: 200, reason, httpVersion: '1.1', headers: [] });

const started = (head: RequestHead, connection = 1): CaptureEvent => ({
  type: 'request-started',
  exchange: 2 ** 40,
  connection,
  at: 2.5,
  head,
});
const answered = (head: ResponseHead, serverAddress: string | null = '192.0.2.1'): CaptureEvent => ({
  type: 'response-started',
  exchange: 7,
  at: 3,
  head,
  serverAddress,
});

/** Each event in a batch of its own, so that all that is known of heads crosses from one to the next. */
function crossed(events: readonly CaptureEvent[]) {
  const batch = new EventBatch(16);
  const reader = new EventReader();
  const sizes: number[] = [];
  const read: CaptureEvent[] = [];
  for (const event of events) {
    batch.add(event);
    const packed: PackedEvents = batch.take();
    sizes.push(packed.used);
    reader.read(packed, (one) => read.push(one));
  }
  return { sizes, read };
}

it.each([
  ['a request', [started, recurring(requestHead('/a'.repeat(90)))] as const],
  ['an answer', [answered, recurring(responseHead('fine'.repeat(40)))] as const],
])('a head that recurs crosses as a number from the second time on: %s', (_, [event, head]) => {
  const events = [head, head, head, head].map((one) => (event as (head: object) => CaptureEvent)(one));
  const { sizes, read } = crossed(events);
  expect(read).toEqual(events);
  expect(sizes.map((bytes) => bytes < 60)).toEqual([false, true, true, true]);
});

it('a number stands for the head only: connection, exchange, time and server stay those of the event', () => {
  const request = recurring(requestHead('/'));
  const response = recurring(responseHead('OK'));
  const events = [
    ...[1, 1, 1, 2 ** 41].map((connection) => started(request, connection)),
    ...['192.0.2.1', '192.0.2.1', '192.0.2.1', '2001:db8::1', null, '192.0.2.1'].map((address) =>
      answered(response, address),
    ),
  ];
  expect(crossed(events).read).toEqual(events);
});

it('never gives one head for another, whatever order they come in and however many there are', () => {
  const heads = Array.from({ length: 1_300 }, (_, number) =>
    number % 2 === 0 ? started(recurring(requestHead(`/${number}`))) : answered(recurring(responseHead(`R${number}`))),
  );
  // Some come all the time, others seldom, so that numbers are in use while the oldest are given anew.
  let state = 1;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const events = Array.from({ length: 20_000 }, () => heads[random(random(3) === 0 ? 1_300 : 40)] as CaptureEvent);
  const { read } = crossed(events);
  expect(read.length).toBe(events.length);
  expect(read.findIndex((event, at) => JSON.stringify(event) !== JSON.stringify(events[at]))).toBe(-1);
});

it.each([
  ['of more than 4 KB', recurring(requestHead(`/${'a'.repeat(5_000)}`))],
  ['that does not recur', requestHead('/')],
])('a head %s gets no number', (_, head) => {
  const { sizes, read } = crossed([started(head), started(head), started(head)]);
  expect(new Set(sizes).size).toBe(1);
  expect(read).toEqual([started(head), started(head), started(head)]);
});
