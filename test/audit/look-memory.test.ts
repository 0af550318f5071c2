import { describe, expect, it } from 'vitest';
import { found, type Looked, LookMemory, type Said } from '../../src/audit/look-memory.ts';
import type { Detected, Detector } from '../../src/detect/detector.ts';
import type { Detection } from '../../src/model/finding.ts';
import type { Gap, GapKind } from '../../src/model/gaps.ts';

const detection: Detection = {
  dataType: 'imei',
  valueIndex: 0,
  direction: 'request',
  place: 'body',
  field: 'imei',
  decodeChain: [],
  offset: 9,
  length: 15,
  transform: 'plain',
  match: 'known-value',
  value: '867532051234567',
  message: null,
};

function gapOf(kind: GapKind): Gap {
  return { kind, at: [], bytesUnread: 1, detail: null };
}

/** A look that counts how often it was done. */
function looking(gaps: readonly Gap[] = [], detections: readonly Detection[] = [detection]) {
  const counted = {
    times: 0,
    look: () => {
      counted.times += 1;
      const detected: Detected = { detections, spans: [], gaps: [] };
      return { decoded: { layers: [], gaps }, detected };
    },
  };
  return counted;
}

/** As the judge asks: what is known, or what a look gives. */
function ask(
  memory: LookMemory,
  device: Detector,
  key: string | object,
  look: () => Parameters<typeof found>[0],
  said: Said | null = null,
): Looked {
  if (typeof key === 'string' && !memory.met(key)) return found(look());
  const known = memory.known(device, key, said);
  if (known !== null) return known;
  const looked = found(look());
  memory.note(device, key, said, looked);
  return looked;
}

const [phone, tablet] = [{}, {}] as [Detector, Detector];

describe('The memory of what was looked at', () => {
  it('gives from the third time on what was found the second time, without looking again', () => {
    const memory = new LookMemory();
    const counted = looking([gapOf('coding-unknown')]);
    for (const times of [1, 2, 2, 2]) {
      const found = ask(memory, phone, 'a', counted.look);
      expect(found).toEqual({ detections: [detection], gaps: [gapOf('coding-unknown')] });
      expect(counted.times).toBe(times);
    }
  });

  it('gives from the second time on what was found in a head that is shared', () => {
    const memory = new LookMemory();
    const [head, other] = [Object.freeze({}), Object.freeze({})];
    const counted = looking();
    for (const key of [head, head, head, other]) ask(memory, phone, key, counted.look);
    expect(counted.times).toBe(2);
  });

  it('looks again for another key, and for another device', () => {
    const memory = new LookMemory();
    const [one, other, elsewhere] = [looking(), looking(), looking()];
    for (let times = 0; times < 3; times++) {
      ask(memory, phone, 'a', one.look);
      ask(memory, phone, 'b', other.look);
      ask(memory, tablet, 'a', elsewhere.look);
    }
    // What one device sent twice is worth remembering of the other at once.
    expect([one.times, other.times, elsewhere.times]).toEqual([2, 2, 1]);
  });

  it.each<[string, Partial<Said>]>([
    ['came the other way', { direction: 'response' }],
    ['was cut', { whole: false }],
    ['is of another type', { contentType: 'text/plain' }],
    ['is of no type', { contentType: null }],
    ['is coded', { contentEncodings: ['gzip', 'br'] }],
    ['is coded otherwise', { contentEncodings: ['br'] }],
  ])('looks again at the same bytes when the body %s', (_, changes) => {
    const memory = new LookMemory();
    const [one, other] = [looking(), looking()];
    const said: Said = {
      direction: 'request',
      whole: true,
      contentType: 'application/json',
      contentEncodings: ['gzip'],
    };
    for (let times = 0; times < 3; times++) ask(memory, phone, 'a', one.look, said);
    ask(memory, phone, 'a', other.look, { ...said, ...changes });
    expect([one.times, other.times]).toEqual([2, 1]);
  });

  it.each([
    ['ran out of time', looking([gapOf('limit-time')])],
    ['found very much', looking([], Array<Detection>(101).fill(detection))],
  ])('does not rely on a look that %s', (_, counted) => {
    const memory = new LookMemory();
    for (let times = 0; times < 4; times++) ask(memory, phone, 'a', counted.look);
    expect(counted.times).toBe(4);
  });

  it('forgets what was not asked for longest, once it holds 500', () => {
    const memory = new LookMemory();
    const [kept, other] = [looking(), looking()];
    const remember = (key: string, { look }: { readonly look: Parameters<typeof ask>[3] }) => {
      for (let times = 0; times < 2; times++) ask(memory, phone, key, look);
    };
    remember('kept', kept);
    remember('other', other);
    for (let number = 0; number < 499; number++) {
      ask(memory, phone, 'kept', kept.look);
      remember(String(number), looking());
    }
    ask(memory, phone, 'kept', kept.look);
    ask(memory, phone, 'other', other.look);
    expect([kept.times, other.times]).toEqual([2, 3]);
  });
});
