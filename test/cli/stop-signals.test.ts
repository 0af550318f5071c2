import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onStopRequest } from '../../src/cli/stop-signals.ts';

let calls: (string | number)[];
let stopListening: () => void;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  calls = [];
  stopListening = onStopRequest(
    () => calls.push('stop'),
    (code) => calls.push(code),
  );
});
afterEach(() => {
  stopListening();
  vi.useRealTimers();
});

describe('onStopRequest', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('takes what comes within a second for one stop, and a later %s for impatience', (signal, code) => {
    process.emit(signal);
    process.emit('SIGINT');
    vi.advanceTimersByTime(900);
    process.emit('SIGTERM');
    expect(calls).toEqual(['stop']);
    vi.advanceTimersByTime(200);
    process.emit(signal);
    expect(calls).toEqual(['stop', code]);
  });

  it('stops listening when told', () => {
    const before = process.listenerCount('SIGTERM');
    stopListening();
    expect(process.listenerCount('SIGTERM')).toBe(before - 1);
  });
});
