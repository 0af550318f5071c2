import type { Declared, VerdictKind } from '../model/comparison.ts';

/** What the policy says about a recipient as a whole; `no-policy`: there is no policy to compare with. */
export type Standing = 'in-policy' | 'not-in-policy' | 'no-policy';

/**
 * Judges one data type of one recipient.
 *
 * Seeing is proof; not seeing is proof only if nothing was hidden. So a single gap turns `unobserved` into `undecided`,
 * and never touches what was seen.
 *
 * @returns null when the data was neither declared nor seen: there is nothing to say.
 */
export function judgePair(
  standing: Standing,
  declared: Declared,
  observed: boolean,
  hidden: boolean,
): VerdictKind | null {
  if (observed) {
    if (standing === 'no-policy') return 'undecided';
    if (standing === 'not-in-policy') return 'undeclared-recipient';
    return declared === 'clear' ? 'consistent' : declared === 'vague' ? 'vague' : 'undeclared';
  }
  if (standing !== 'in-policy' || declared === 'omitted') return null;
  return hidden ? 'undecided' : 'unobserved';
}
