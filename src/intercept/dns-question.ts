import { behindName, nameAt } from './dns-hints.ts';

/** What a phone asked of DNS over HTTPS. */
export interface Question {
  readonly name: string;
  /** Whether an answer may hold HTTPS or SVCB records. */
  readonly mayOffer: boolean;
}

/** Types of which an answer may offer HTTP/3: SVCB, HTTPS, and all. */
const OFFERING = /^(?:64|65|255|svcb|https|any|\*)$/i;

/** Whether a request asks for a DNS answer in JSON, as Google's `/resolve` and those after it take it. */
export function isJsonQuestion(target: string): boolean {
  return /^\/(?:[^?]*\/)?(?:resolve|dns-query|dns)\?(?:[^#]*&)?name=/.test(target);
}

/**
 * @param body of the request, as far as it is known.
 * @returns what a request asks for: in its target (RFC 8484 §4.1.1, or JSON's `name` and `type`), or in the message that it posts; null:
 *   nothing that can be read.
 */
export function askedOf(target: string, body: Buffer): Question | null {
  const query = new URLSearchParams(target.slice(target.indexOf('?') + 1));
  const name = query.get('name');
  if (name !== null) return { name: tidy(name), mayOffer: OFFERING.test(query.get('type') ?? '1') };
  const dns = query.get('dns');
  const message = dns === null ? body : Buffer.from(dns, 'base64url');
  const end = message.length < 12 ? -1 : behindName(message, 12, 4);
  if (end === -1) return null;
  return { name: tidy(nameAt(message, 12)), mayOffer: OFFERING.test(String(message.readUInt16BE(end - 4))) };
}

function tidy(name: string): string {
  return name.toLowerCase().replace(/\.$/, '').slice(0, 255);
}
