import { describe, expect, it } from 'vitest';
import { backgroundAt, type Mark, type MarkKind, phaseAt, standingMarks, withdrawalOf } from '../../src/model/mark.ts';
import { PhaseTimeline } from '../../src/model/phase-timeline.ts';

/** Marks in the order in which they were set, at seconds. */
function marks(...given: readonly (readonly [MarkKind, number, string?])[]): Mark[] {
  return given.map(([kind, at, note], index) => ({ id: index + 1, kind, at: at * 1000, note: note ?? null }));
}

const undo = (kind: MarkKind, at: number, note: string | null = null) =>
  ['note', at, withdrawalOf({ kind, at: at * 1000, note })] as const;

describe('the phase of a moment', () => {
  it.each([
    ['no marks', [], 5, 'unknown'],
    [
      'notes alone',
      [
        ['note', 1],
        ['background', 2],
      ],
      5,
      'unknown',
    ],
    ['before a consent', [['consent', 10]], 9, 'before-consent'],
    ['at it', [['consent', 10]], 10, 'after-consent'],
    ['before a refusal', [['refused', 10]], 9, 'before-consent'],
    ['after it', [['refused', 10]], 11, 'refused'],
    [
      'after a refusal that consent followed',
      [
        ['refused', 10],
        ['consent', 20],
      ],
      21,
      'after-consent',
    ],
    [
      'between the two',
      [
        ['refused', 10],
        ['consent', 20],
      ],
      15,
      'refused',
    ],
    [
      'after a consent taken back',
      [
        ['consent', 10],
        ['refused', 20],
      ],
      21,
      'refused',
    ],
    [
      'at an instant with two, the later set decides',
      [
        ['consent', 10],
        ['refused', 10],
      ],
      10,
      'refused',
    ],
    [
      '… the other way round',
      [
        ['refused', 10],
        ['consent', 10],
      ],
      10,
      'after-consent',
    ],
    [
      'marks set out of order',
      [
        ['consent', 20],
        ['refused', 10],
      ],
      15,
      'refused',
    ],
    ['a consent withdrawn', [['consent', 10], undo('consent', 10)], 15, 'unknown'],
    [
      'a consent withdrawn and set right',
      [['consent', 10], undo('consent', 10), ['consent', 20]],
      15,
      'before-consent',
    ],
    ['one withdrawn and set again', [['consent', 10], undo('consent', 10), ['consent', 10]], 15, 'after-consent'],
    ['the withdrawal of another', [['consent', 10], undo('consent', 11)], 15, 'after-consent'],
  ] as const)('%s', (_, given, at, phase) => {
    const set = marks(...given);
    expect(new PhaseTimeline(set).at(at * 1000)).toBe(phase);
    expect(phaseAt(standingMarks(set), at * 1000)).toBe(phase);
  });
});

describe('backgroundAt', () => {
  const at = backgroundAt(marks(['foreground', 20], ['background', 10], ['consent', 15], ['background', 20]));
  it.each([
    [9, null],
    [10, true],
    [19, true],
    [20, true],
    [30, true],
  ])('at %i says %s', (second, expected) => expect(at(second * 1000)).toBe(expected));

  it('forgets a withdrawn one', () => {
    const set = marks(['background', 10], ['foreground', 20], undo('foreground', 20));
    expect(backgroundAt(standingMarks(set))(25_000)).toBe(true);
  });
});

describe('standingMarks', () => {
  it('drops a withdrawn note with its words, and keeps the list itself when nothing was withdrawn', () => {
    const set = marks(['note', 1, 'opt-out'], ['note', 1, 'other'], undo('note', 1, 'opt-out'));
    expect(standingMarks(set).map(({ note }) => note)).toEqual(['other']);
    const untouched = marks(['consent', 1]);
    expect(standingMarks(untouched)).toBe(untouched);
  });

  it('gives the same whatever numbers the rows get in another file', () => {
    const set = marks(['consent', 10], ['refused', 30], undo('consent', 10), ['consent', 10]);
    const moved = [...set]
      .sort((a, b) => a.at - b.at || a.id - b.id)
      .map((mark, index) => ({ ...mark, id: index + 1 }));
    const shown = (list: readonly Mark[]) => list.map(({ kind, at }) => `${kind} ${at}`).sort();
    expect(shown(standingMarks(moved))).toEqual(shown(standingMarks(set)));
  });
});
