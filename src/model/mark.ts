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

/**
 * What the marks make of a moment.
 *
 * The last consent or refusal at or before the moment decides. Before the first of them the phase is `before-consent`; a capture
 * without any such mark says nothing about consent, so every moment of it is `unknown`.
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

/** Whether the app was in the background at a moment; null when no mark says. */
export function inBackgroundAt(marks: readonly Mark[], at: number): boolean | null {
  let latest: Mark | null = null;
  for (const mark of marks) {
    if (mark.kind !== 'foreground' && mark.kind !== 'background') continue;
    if (mark.at <= at && (latest === null || mark.at >= latest.at)) latest = mark;
  }
  return latest === null ? null : latest.kind === 'background';
}
