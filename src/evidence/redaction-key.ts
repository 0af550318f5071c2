import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { operatorError } from '../model/errors.ts';
import { explained } from './database.ts';
import { createOnce } from './signing-key.ts';

/** What the store holds in place of a whole value begins so. */
export const REDACTED = 'redacted:';

/** The name of a value in redacted captures: `redacted:` and 32 hex digits of its HMAC-SHA-256. */
export function redactedName(key: Uint8Array, value: string): string {
  return REDACTED + createHmac('sha256', key).update(value).digest('hex').slice(0, 32);
}

/** The same where a key lies beside an evidence file; null where none does. */
export function redactedNameBeside(evidencePath: string, value: string): string | null {
  return existsSync(redactionKeyPath(evidencePath)) ? redactedName(redactionKeyAt(evidencePath), value) : null;
}

function redactionKeyPath(evidencePath: string): string {
  return join(dirname(resolve(evidencePath)), 'redaction.key');
}

/**
 * The key under which values of redacted captures get their stand-ins: `redaction.key` beside the evidence file, 64 hex digits, mode
 * 0600. One key serves a folder, so that the same value reads the same in every night's capture. It never goes into the file.
 *
 * @returns 32 bytes; made when there are none.
 */
export function redactionKeyAt(evidencePath: string): Uint8Array {
  const path = redactionKeyPath(evidencePath);
  if (!existsSync(path)) explained(path, () => createOnce(path, `${randomBytes(32).toString('hex')}\n`));
  const text = explained(path, () => readFileSync(path, 'latin1')).trim();
  if (!/^[0-9a-f]{64}$/.test(text))
    throw operatorError('evidence-key', { path, reason: 'it is not 64 hexadecimal digits' });
  return Buffer.from(text, 'hex');
}
