import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { ResponseHead } from '../model/exchange.ts';
import { withoutQuicHints } from './dns-hints.ts';
import { withoutQuicHintsInJson } from './dns-json.ts';
import { askedOf, isJsonQuestion, type Question } from './dns-question.ts';
import { factsOf } from './header-facts.ts';
import { copied } from './shared-reads.ts';

/** A DNS message holds no more (RFC 1035 §4.2.2). */
const MESSAGE_BYTES_MAX = 65_535;
const UNPACKED_BYTES_MAX = 16 * MESSAGE_BYTES_MAX;

/** What became of the offers of HTTP/3 in one answer, by the names whose records held them. */
interface HiddenHints {
  readonly message: Buffer;
  readonly names: readonly string[];
  /** Those that went on to the phone: a packed answer goes as it came, because its head with its length is on its way. */
  readonly left: readonly string[];
  /** Why nobody knows what it offers; null: it was read. */
  readonly unread: string | null;
}

/** Gathers a DNS answer, so that its hints can be taken out. */
export class DnsAnswer {
  readonly #isJson: boolean;
  readonly #coding: string;
  /** What the phone asked, where it can be read: an answer that was not read may be about that. */
  readonly question: Question | null;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  private constructor(isJson: boolean, coding: string, question: Question | null) {
    this.#isJson = isJson;
    this.#coding = coding;
    this.question = question;
  }

  /**
   * @param target path and query of the request: Google's form of JSON is known by it.
   * @param body of the request, as far as it was sent and is still at hand.
   * @returns null when it is none.
   */
  static of(head: ResponseHead, target: string, body: () => Buffer): DnsAnswer | null {
    const form = factsOf(head.headers).dns;
    if (form === null || (!form.isNamed && !isJsonQuestion(target))) return null;
    return new DnsAnswer(form.isJson, form.coding, askedOf(target, body()));
  }

  /**
   * @param bytes only lent.
   * @returns whether it may still become a whole message.
   */
  take(bytes: Buffer): boolean {
    this.#pieces.push(copied(bytes));
    this.#bytes += bytes.length;
    return this.#bytes <= MESSAGE_BYTES_MAX;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  /** The whole answer as it goes on. */
  withoutHints(): HiddenHints {
    const sent = this.bytes;
    const plain = unpacked(sent, this.#coding);
    if (typeof plain === 'string') return { message: sent, names: [], left: [], unread: plain };
    if (plain === null) return { message: sent, names: [], left: [], unread: null };
    const found = this.#isJson ? withoutQuicHintsInJson(plain) : { ...withoutQuicHints(plain), left: [] };
    if (plain === sent) return { ...found, unread: null };
    return { message: sent, names: [], left: [...found.names, ...found.left], unread: null };
  }
}

const UNPACKERS: ReadonlyMap<string, (bytes: Buffer) => Buffer> = new Map([
  ['gzip', (bytes) => gunzipSync(bytes, LIMIT)],
  ['x-gzip', (bytes) => gunzipSync(bytes, LIMIT)],
  // With zlib's head, and without as some servers send it and browsers take it.
  ['deflate', (bytes) => ((bytes[0] ?? 0) % 16 === 8 ? inflateSync(bytes, LIMIT) : inflateRawSync(bytes, LIMIT))],
  ['br', (bytes) => brotliDecompressSync(bytes, LIMIT)],
]);

const LIMIT = { maxOutputLength: UNPACKED_BYTES_MAX };

/**
 * @returns the very bytes where there is no coding; null where they are not what the coding promises, as the phone will find too; why
 *   not, where the phone may read what we do not.
 */
function unpacked(bytes: Buffer, coding: string): Buffer | string | null {
  if (coding === '' || coding === 'identity') return bytes;
  const unpack = UNPACKERS.get(coding);
  if (unpack === undefined) return `it is packed as ${coding.slice(0, 40)}`;
  try {
    return unpack(bytes);
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return isTooLarge ? `it unpacks to more than ${UNPACKED_BYTES_MAX} bytes` : null;
  }
}
