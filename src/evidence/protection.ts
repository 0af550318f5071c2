import { createCipheriv, createDecipheriv, createHash, randomBytes, scryptSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { operatorError } from '../model/errors.ts';
import { type Connection, explained } from './database.ts';
import type { Cell, Row } from './sealing.ts';

/** What opens an encrypted evidence file. */
export type EvidenceSecret = { readonly passphrase: string } | { readonly keyFile: string };

/**
 * How texts and bytes that may hold personal values stand in the file: as they are, or under AES-256-GCM with a nonce of 12 bytes
 * before and a tag of 16 bytes behind the ciphertext.
 */
export interface Protection {
  /** Appended to `coding` of packs and segments. */
  readonly suffix: '' | '+aes-256-gcm';
  hideText(text: string): Cell;
  hideBytes(bytes: Uint8Array): Uint8Array;
  showText(cell: Cell): string;
  showBytes(bytes: Uint8Array): Uint8Array;
}

export const PLAIN: Protection = {
  suffix: '',
  hideText: (text) => text,
  hideBytes: (bytes) => bytes,
  showText: (cell) => String(cell),
  showBytes: (bytes) => bytes,
};

const SCHEME = 'aes-256-gcm';
const PROOF = 'telltale';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** scrypt N = 2^17, r = 8, p = 1 (OWASP's figure for interactive use): 128 MB and some 0.3 s a try. */
const SCRYPT = { N: 131_072, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };

/**
 * The protection of a file, as its `encryption` row says.
 *
 * @throws TelltaleError `evidence-encrypted` when the secret is missing or wrong.
 */
export function protectionOf(database: Connection, path: string, secret: EvidenceSecret | null): Protection {
  const row = database.prepare('SELECT salt, proof FROM encryption').get() as
    | { salt: Buffer; proof: Buffer }
    | undefined;
  if (row === undefined) return PLAIN;
  if (secret === null)
    throw operatorError('evidence-encrypted', {
      path,
      reason: 'it is encrypted; give --key-file or --passphrase-file',
    });
  const protection = withKey(keyFrom(secret, row.salt));
  try {
    if (protection.showText(row.proof) === PROOF) return protection;
  } catch {
    // A wrong key shows as a wrong tag.
  }
  throw operatorError('evidence-encrypted', {
    path,
    reason: 'the key or passphrase is not the one it was written with',
  });
}

/**
 * The row that makes a new file an encrypted one, without its id; null when the file stays as it is.
 *
 * @throws TelltaleError `evidence-encrypted` when the file already holds captures in the clear.
 */
export function encryptionRow(database: Connection, path: string, secret: EvidenceSecret | null): Row | null {
  if (secret === null || database.prepare('SELECT 1 FROM encryption').get() !== undefined) return null;
  if (database.prepare('SELECT 1 FROM captures').get() !== undefined)
    throw operatorError('evidence-encrypted', { path, reason: 'it was begun without encryption; use another file' });
  const salt = randomBytes(16);
  const proof = withKey(keyFrom(secret, salt)).hideText(PROOF);
  return [SCHEME, 'passphrase' in secret ? 'scrypt' : 'key-file', salt, proof];
}

/** A key file may be of any form: what counts is the SHA-256 of salt and content. It must hold 16 bytes or more. */
function keyFrom(secret: EvidenceSecret, salt: Buffer): Buffer {
  if ('passphrase' in secret) return scryptSync(secret.passphrase.normalize('NFKC'), salt, 32, SCRYPT);
  const content = explained(secret.keyFile, () => readFileSync(secret.keyFile));
  if (content.length < 16)
    throw operatorError('evidence-key', { path: secret.keyFile, reason: 'it is shorter than 16 bytes' });
  return createHash('sha256').update(salt).update(content).digest();
}

function withKey(key: Buffer): Protection {
  const hide = (bytes: Uint8Array): Buffer => {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(SCHEME, key, nonce);
    return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  };
  const show = (bytes: Uint8Array): Buffer => {
    if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new RangeError('ciphertext is too short');
    const end = bytes.length - TAG_BYTES;
    const decipher = createDecipheriv(SCHEME, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(bytes.subarray(end));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, end)), decipher.final()]);
  };
  return {
    suffix: '+aes-256-gcm',
    hideText: (text) => hide(Buffer.from(text)),
    hideBytes: hide,
    showText: (cell) => (cell instanceof Uint8Array ? show(cell).toString() : String(cell)),
    showBytes: show,
  };
}
