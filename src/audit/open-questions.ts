import type { Detection } from '../model/finding.ts';
import type { Gap } from '../model/gaps.ts';

/**
 * The gaps of a body that its findings leave open: bytes that no decoder opens are no mystery when the whole of them is a known
 * value, such as a digest that is sent as it is.
 */
export function openQuestions(gaps: readonly Gap[], detections: readonly Detection[]): readonly Gap[] {
  if (gaps.length === 0 || detections.length === 0) return gaps;
  return gaps.filter((gap) => gap.kind !== 'opaque-body' || !detections.some((detection) => isAllOf(gap, detection)));
}

function isAllOf({ at, bytesUnread }: Gap, { match, offset, length, decodeChain }: Detection): boolean {
  if (match !== 'known-value' || offset !== 0 || length !== bytesUnread) return false;
  return at.length === decodeChain.length && at.every((step, index) => step === decodeChain[index]);
}
