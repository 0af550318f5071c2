import { expect, it } from 'vitest';
import { BodyGarbage, garbageCollector } from '../../src/audit/body-garbage.ts';

const MEGABYTE = 1024 * 1024;

it('looks for young garbage each time eight megabytes have passed', () => {
  const calls: unknown[] = [];
  const garbage = new BodyGarbage((how) => calls.push(how));
  const seen = [1, 6, 0.5, 0.5, 7.5, 0.25, 9, 1].map((megabytes) => {
    garbage.passed(megabytes * MEGABYTE);
    return calls.length;
  });
  expect(seen).toEqual([0, 0, 0, 1, 1, 1, 2, 2]);
  expect(calls).toEqual([{ type: 'minor' }, { type: 'minor' }]);
});

it('has a collector that takes what nobody holds any more', async () => {
  const gone = new WeakRef(new ArrayBuffer(MEGABYTE));
  // What was made in this turn stays until it ends.
  await new Promise(setImmediate);
  garbageCollector()();
  expect(gone.deref()).toBeUndefined();
});
