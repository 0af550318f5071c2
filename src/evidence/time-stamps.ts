import { randomBytes } from 'node:crypto';
import { operatorError } from '../model/errors.ts';
import { type Connection, closeBeside, explained, openForReading, openForWriting } from './database.ts';

/** AlgorithmIdentifier of SHA-256, with its NULL parameters (RFC 5754). */
const SHA256 = '300d06096086480165030402010500';
/** A MessageImprint of SHA-256 in hex, with or without the NULL. */
const IMPRINT = /(?:3031300d06096086480165030402010500|302f300b0609608648016503040201)0420([0-9a-f]{64})/;

/**
 * A request for a time stamp (RFC 3161, DER) over a seal, to be sent to an authority by whatever means.
 *
 * @param seal hash in hex; null: the last one. @throws TelltaleError `usage` when there is no such seal.
 */
export function timeStampRequest(
  path: string,
  seal: string | null,
): { readonly seal: string; readonly request: Buffer } {
  const database = openForReading(path);
  try {
    const hash = sealHashOf(database, path, seal);
    // The leading zero byte keeps the nonce positive.
    const nonce = Buffer.concat([Buffer.of(0), randomBytes(8)]);
    nonce[1] = (nonce[1] as number) | 0x80;
    const request = der(
      0x30,
      der(0x02, Buffer.of(1)),
      der(0x30, Buffer.from(SHA256, 'hex'), der(0x04, hash)),
      der(0x02, nonce),
      der(0x01, Buffer.of(0xff)),
    );
    return { seal: hash.toString('hex'), request };
  } finally {
    database.close();
  }
}

/**
 * Puts an authority's answer into the file, beside the seal that it names. That the authority signed it is for
 * `openssl ts -verify` to check: telltale holds no list of authorities.
 *
 * @returns the seal's hash. @throws TelltaleError `input-invalid` when the answer is no time stamp of a seal of this file.
 */
export function attachTimeStamp(path: string, response: Uint8Array, source: string): string {
  const imprint = imprintOf(response);
  if (imprint === null)
    throw operatorError('input-invalid', {
      path: source,
      place: 'TimeStampResp',
      expected: 'a granted RFC 3161 response over SHA-256',
    });
  const database = openForWriting(path);
  try {
    return explained(path, () => {
      const seal = database.prepare('SELECT id FROM seals WHERE hash = ?').pluck().get(Buffer.from(imprint, 'hex'));
      if (seal === undefined)
        throw operatorError('input-invalid', {
          path: source,
          place: 'messageImprint',
          expected: `the hash of a seal of ${path}`,
        });
      database.prepare('INSERT INTO time_stamps (seal, token) VALUES (?, ?)').run(seal, response);
      return imprint;
    });
  } finally {
    closeBeside(database);
  }
}

/** The time stamps of a file whose imprint is not the hash of their seal, as ids. */
export function strayTimeStamps(database: Connection): readonly number[] {
  const rows = database
    .prepare('SELECT t.id, t.token, s.hash FROM time_stamps t LEFT JOIN seals s ON s.id = t.seal ORDER BY t.id')
    .all() as { id: number; token: Buffer; hash: Buffer | null }[];
  return rows.filter(({ token, hash }) => imprintOf(token) !== hash?.toString('hex')).map(({ id }) => id);
}

/** The SHA-256 that a granted response stamps, in hex; null for anything else. */
function imprintOf(response: Uint8Array): string | null {
  const hex = Buffer.from(response).toString('hex');
  // TimeStampResp, PKIStatusInfo, status: granted or granted with changes.
  if (!/^30(?:[0-7].|81..|82.{4}|83.{6})30(?:[0-7].|81..|82.{4})02010[01]/.test(hex)) return null;
  return IMPRINT.exec(hex)?.[1] ?? null;
}

function sealHashOf(database: Connection, path: string, seal: string | null): Buffer {
  const hash = (
    seal === null
      ? database.prepare('SELECT hash FROM seals ORDER BY id DESC LIMIT 1').pluck().get()
      : database.prepare('SELECT hash FROM seals WHERE hash = ?').pluck().get(Buffer.from(seal, 'hex'))
  ) as Buffer | undefined;
  if (hash === undefined) throw operatorError('usage', { message: `${path} holds no seal ${seal ?? 'yet'}` });
  return hash;
}

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length > 127) throw new RangeError('longer than what one length byte says');
  return Buffer.concat([Buffer.of(tag, content.length), content]);
}
