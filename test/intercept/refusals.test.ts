import { describe, expect, it } from 'vitest';
import { Refusals } from '../../src/intercept/refusals.ts';

const PHONE = '192.168.0.7';
const HOST = 'api.example';

describe('Refusals', () => {
  it.each([
    ['two alerts', [false, false], 'refused-before'],
    ['two closes without a word', [true, true], 'refused-before'],
    ['one of each', [true, false], 'refused-before'],
    ['one', [false], null],
  ] as const)('count %s', (_, silent, expected) => {
    const refusals = new Refusals([], 2, true);
    for (const one of silent) refusals.refused(PHONE, HOST, one, 0);
    expect(refusals.passes(PHONE, HOST)).toBe(expected);
    expect(refusals.passes('192.168.0.8', HOST)).toBe(null);
    expect(refusals.passes(PHONE, 'other.example')).toBe(null);
  });

  it.each([
    //                                                 silent  closed at  refused at  passes
    ['a close beside a connection in use says nothing', true, null, 100_000, null],
    ['a close just after one says nothing', true, 5_000, 14_999, null],
    ['a close long after counts', true, 5_000, 15_000, 'refused-before'],
    ['an alert counts at any time', false, null, 1, 'refused-before'],
  ] as const)('%s', (_, silent, closedAt, refusedAt, expected) => {
    const refusals = new Refusals([], 2, true);
    const closed = refusals.accepted(PHONE, HOST);
    if (closedAt !== null) closed(closedAt);
    for (let turn = 0; turn < 2; turn++) refusals.refused(PHONE, HOST, silent, refusedAt);
    expect(refusals.passes(PHONE, HOST)).toBe(expected);
  });

  it('a request that comes through forgives what was refused before', () => {
    const refusals = new Refusals([], 2, true);
    refusals.refused(PHONE, HOST, false, 0);
    refusals.accepted(PHONE, HOST);
    refusals.refused(PHONE, HOST, false, 0);
    expect(refusals.passes(PHONE, HOST)).toBe(null);
  });
});
