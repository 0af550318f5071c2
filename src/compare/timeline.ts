import type { CaptureEvidence } from '../model/evidence.ts';
import { type Mark, standingMarks } from '../model/mark.ts';
import { PhaseTimeline } from '../model/phase-timeline.ts';

/** The timeline that a capture is judged by. */
export interface Timeline {
  readonly marks: readonly Mark[];
  /** The phases that these marks make; null: those that the evidence gives its findings already. */
  readonly phases: PhaseTimeline | null;
}

/**
 * Gives the timeline that a capture is judged by: its marks without the withdrawn ones, or, when the tester says how long after the
 * first exchange consent was given, that moment instead of the consent marks.
 */
export function timelineOf(evidence: CaptureEvidence, consentAfterSeconds: number | null): Timeline {
  const standing = standingMarks(evidence.marks);
  if (consentAfterSeconds === null) {
    return { marks: standing, phases: standing === evidence.marks ? null : new PhaseTimeline(standing) };
  }
  let start = evidence.contacts[0]?.firstAt ?? evidence.capture.startedAt;
  for (const { firstAt } of evidence.contacts) start = Math.min(start, firstAt);
  const kept = standing.filter(({ kind }) => kind !== 'consent');
  const consent: Mark = { id: 0, kind: 'consent', at: start + Math.round(consentAfterSeconds * 1000), note: null };
  const marks = [...kept, consent].sort((a, b) => a.at - b.at || a.id - b.id);
  return { marks, phases: new PhaseTimeline(marks) };
}

/** Most events within any span of `windowMs`; `times` in any order. */
export function mostWithin(times: readonly number[], windowMs: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  let most = 0;
  let from = 0;
  for (let to = 0; to < sorted.length; to += 1) {
    while ((sorted[to] as number) - (sorted[from] as number) >= windowMs) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}
