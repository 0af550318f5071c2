import type { CaptureEvidence } from '../model/evidence.ts';
import type { Finding } from '../model/finding.ts';
import { type Mark, phaseAt } from '../model/mark.ts';

/**
 * Gives the timeline that a capture is judged by: its marks, or, when the tester says how long after the first exchange consent
 * was given, that moment instead of the consent marks.
 */
export function marksToJudgeBy(evidence: CaptureEvidence, consentAfterSeconds: number | null): readonly Mark[] {
  if (consentAfterSeconds === null) return evidence.marks;
  const start = evidence.exchanges.reduce(
    (first, { startedAt }) => Math.min(first, startedAt),
    evidence.exchanges[0]?.startedAt ?? evidence.capture.startedAt,
  );
  const kept = evidence.marks.filter(({ kind }) => kind !== 'consent');
  const consent: Mark = { id: 0, kind: 'consent', at: start + Math.round(consentAfterSeconds * 1000), note: null };
  return [...kept, consent].sort((a, b) => a.at - b.at || a.id - b.id);
}

/** The same evidence with the phases that other marks make of its findings; exchanges, which are judged by none, stay. */
export function withMarks(evidence: CaptureEvidence, marks: readonly Mark[]): CaptureEvidence {
  if (marks === evidence.marks) return evidence;
  const findings = evidence.findings.map(
    (finding): Finding => ({ ...finding, phase: phaseAt(marks, finding.observedAt) }),
  );
  return { ...evidence, marks, findings };
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
