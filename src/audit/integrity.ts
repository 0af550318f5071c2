import { readFileSync, writeFileSync } from 'node:fs';
import { attachTimeStamp, timeStampRequest } from '../evidence/time-stamps.ts';
import { type Verification, type VerifyOptions, verifyEvidence } from '../evidence/verify.ts';
import { unreadableFile, unwritableFile } from '../model/errors.ts';

export type { Verification, VerifyOptions };

/** Checks an evidence file against its seals. */
export function verify(db: string, options: VerifyOptions): Verification {
  return verifyEvidence(db, options);
}

/** Writes a request for a time stamp over a seal (null: the last). @returns the seal. */
export function writeTimeStampRequest(db: string, seal: string | null, output: string): string {
  const { seal: stamped, request } = timeStampRequest(db, seal);
  try {
    writeFileSync(output, request);
  } catch (error) {
    throw unwritableFile(output, error);
  }
  return stamped;
}

/** Puts an authority's answer into the file. @returns the seal that it stamps. */
export function attachTimeStampFile(db: string, path: string): string {
  let response: Buffer;
  try {
    response = readFileSync(path);
  } catch (error) {
    throw unreadableFile(path, error);
  }
  return attachTimeStamp(db, response, path);
}
