import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify as verifySignature,
} from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { operatorError } from '../model/errors.ts';
import { explained } from './database.ts';

/** The Ed25519 key that signs seals. Whoever holds it can write history: it stays on the machine that captures. */
export class SigningKey {
  readonly #key: KeyObject;
  /** 32 bytes. */
  readonly publicKey: Buffer;

  constructor(key: KeyObject) {
    this.#key = key;
    this.publicKey = rawPublicKey(createPublicKey(key));
  }

  /** @returns 64 bytes. */
  sign(hash: Uint8Array): Buffer {
    return sign(null, hash, this.#key);
  }
}

/** One key serves all evidence files of a folder: `evidence.key` beside them, PKCS #8 in PEM, mode 0600. */
export function signingKeyPath(evidencePath: string): string {
  return join(dirname(resolve(evidencePath)), 'evidence.key');
}

/** Reads the key, or makes one when there is none. Two processes that start at once end with the same key. */
export function signingKeyAt(path: string): SigningKey {
  if (!existsSync(path)) {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    explained(path, () => createOnce(path, pem));
  }
  const pem = explained(path, () => readFileSync(path, 'utf8'));
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    throw operatorError('evidence-key', { path, reason: (error as Error).message }, { cause: error });
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw operatorError('evidence-key', { path, reason: `it is of type ${key.asymmetricKeyType}, not ed25519` });
  return new SigningKey(key);
}

/** Writes a key file unless there is one: two processes that start at once end with the same key. */
export function createOnce(path: string, text: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  try {
    writeSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}

/** DER before the 32 bytes of an Ed25519 public key (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

function rawPublicKey(key: KeyObject): Buffer {
  return (key.export({ type: 'spki', format: 'der' }) as Buffer).subarray(SPKI_PREFIX.length);
}

/** Whether a signature of 64 bytes over a hash was made by the holder of a key of 32 bytes. */
export function isSignedBy(publicKey: Uint8Array, hash: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  return verifySignature(null, hash, key, signature);
}

/** Short name of a public key, for people: the first 16 hex digits of its SHA-256. */
export function fingerprint(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
}
