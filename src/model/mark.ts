export type MarkKind = 'consent' | 'refused' | 'foreground' | 'background' | 'note';

export const MARK_KINDS = [
  'consent',
  'refused',
  'foreground',
  'background',
  'note',
] as const satisfies readonly MarkKind[];

/** A point on the timeline of a capture, set by the tester, during the capture or after it. */
export interface Mark {
  readonly id: number;
  readonly kind: MarkKind;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly note: string | null;
}

export type Phase = 'before-consent' | 'after-consent' | 'refused' | 'unknown';

/** The phases in the order of a test, for lists. */
export const PHASES = ['before-consent', 'refused', 'after-consent', 'unknown'] as const satisfies readonly Phase[];

/**
 * What the marks make of a moment.
 *
 * The last consent or refusal at or before the moment decides; of two at the same instant the one that was set later. Before the
 * first of them the phase is `before-consent`; a capture without any such mark says nothing about consent, so every moment of it is
 * `unknown`. Withdrawn marks must have been taken out: see {@link standingMarks}.
 */
export function phaseAt(marks: readonly Mark[], at: number): Phase {
  let decided: Phase = 'unknown';
  let latest = Number.NEGATIVE_INFINITY;
  for (const mark of marks) {
    if (mark.kind !== 'consent' && mark.kind !== 'refused') continue;
    if (decided === 'unknown') decided = 'before-consent';
    if (mark.at > at || mark.at < latest) continue;
    latest = mark.at;
    decided = mark.kind === 'consent' ? 'after-consent' : 'refused';
  }
  return decided;
}

/** Tells of any moment whether the app was in the background; null when no mark at or before it says. */
export function backgroundAt(marks: readonly Mark[]): (at: number) => boolean | null {
  const switches = marks
    .filter(({ kind }) => kind === 'foreground' || kind === 'background')
    .sort((a, b) => a.at - b.at || a.id - b.id);
  return (at) => {
    let low = 0;
    let high = switches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((switches[middle] as Mark).at <= at) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? null : switches[low - 1]?.kind === 'background';
  };
}

/** How a note begins that takes another mark back. */
const WITHDRAWS = 'withdraws ';

/**
 * The note of a mark that takes another one back. Evidence is append only, so a wrong mark stays in the file beside what corrects it;
 * kind and moment name it, because rows get other numbers when a capture moves to another file.
 */
export function withdrawalOf({ kind, at, note }: Pick<Mark, 'kind' | 'at' | 'note'>): string {
  return `${WITHDRAWS}${kind} ${new Date(at).toISOString()}${note === null ? '' : ` ${note}`}`;
}

/** The marks that count: without those that were withdrawn, and without the notes that withdrew them. */
export function standingMarks(marks: readonly Mark[]): readonly Mark[] {
  const withdrawals = marks.filter(({ kind, note }) => kind === 'note' && note?.startsWith(WITHDRAWS));
  const taken = new Map<string, number>();
  for (const { note, id } of withdrawals) taken.set(note as string, Math.max(id, taken.get(note as string) ?? 0));
  if (taken.size === 0) return marks;
  // A mark set again after its withdrawal counts.
  return marks.filter((mark) => !withdrawals.includes(mark) && mark.id > (taken.get(withdrawalOf(mark)) ?? -1));
}
