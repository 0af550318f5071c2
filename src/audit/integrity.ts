import { type Verification, type VerifyOptions, verifyEvidence } from '../evidence/verify.ts';

export type { Verification, VerifyOptions };

/** Checks an evidence file against its seals. */
export function verify(db: string, options: VerifyOptions): Verification {
  return verifyEvidence(db, options);
}
