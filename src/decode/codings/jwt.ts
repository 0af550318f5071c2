import { bufferOf, isText } from '../characters.ts';
import type { Coding } from './coding.ts';

const COMPACT = /^(eyJ[A-Za-z0-9_-]{8,})\.([A-Za-z0-9_-]{2,})\.([A-Za-z0-9_-]*)$/;

/** Opens a JSON Web Token in its compact form (RFC 7519): header and payload, one JSON document a line. The signature is left out. */
export function jwtOf(bytes: Uint8Array): Coding | null {
  const token = COMPACT.exec(bufferOf(bytes).toString('latin1'));
  if (token === null) return null;
  const parts = [Buffer.from(token[1] as string, 'base64url'), Buffer.from(token[2] as string, 'base64url')];
  if (!parts.every(isText)) return null;
  return { step: 'jwt', bytes: Buffer.concat([parts[0] as Buffer, Buffer.from('\n'), parts[1] as Buffer]) };
}
