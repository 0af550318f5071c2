import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { ResponseHead } from '../model/exchange.ts';
import { withoutQuicHints } from './dns-hints.ts';
import { withoutQuicHintsInJson } from './dns-json.ts';

/** A DNS message holds no more (RFC 1035 §4.2.2). */
const MESSAGE_BYTES_MAX = 65_535;

/** What became of the offers of HTTP/3 in one answer, by the names whose records held them. */
interface HiddenHints {
  readonly message: Buffer;
  readonly names: readonly string[];
  /** Those that went on to the phone: a packed answer goes as it came, because its head with its length is on its way. */
  readonly left: readonly string[];
}

/** Gathers a DNS answer, so that its hints can be taken out. */
export class DnsAnswer {
  readonly #isJson: boolean;
  readonly #coding: string;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  private constructor(isJson: boolean, coding: string) {
    this.#isJson = isJson;
    this.#coding = coding;
  }

  /** @returns null when it is none. */
  static of(head: ResponseHead): DnsAnswer | null {
    let type = '';
    let coding = '';
    for (const [name, value] of head.headers) {
      if (name.length === 16 && name.toLowerCase() === 'content-encoding') coding = value.trim().toLowerCase();
      if (name.length === 12 && name.toLowerCase() === 'content-type') type = value;
    }
    const form = /^application\/dns-(message|json)\b/i.exec(type)?.[1];
    return form === undefined ? null : new DnsAnswer(form.toLowerCase() === 'json', coding);
  }

  /** @returns whether it may still become a whole message. */
  take(bytes: Buffer): boolean {
    this.#pieces.push(bytes);
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
    if (plain === null) return { message: sent, names: [], left: [] };
    const found = this.#isJson ? withoutQuicHintsInJson(plain) : { ...withoutQuicHints(plain), left: [] };
    return plain === sent ? found : { message: sent, names: [], left: [...found.names, ...found.left] };
  }
}

/** @returns the very bytes where there is no coding; null where they are not what the coding promises, as the phone will find too. */
function unpacked(bytes: Buffer, coding: string): Buffer | null {
  const limit = { maxOutputLength: UNPACKED_BYTES_MAX };
  try {
    if (coding === '' || coding === 'identity') return bytes;
    if (coding === 'gzip' || coding === 'x-gzip') return gunzipSync(bytes, limit);
    if (coding === 'deflate') return inflateSync(bytes, limit);
    if (coding === 'br') return brotliDecompressSync(bytes, limit);
  } catch {
    return null;
  }
  return null;
}

const UNPACKED_BYTES_MAX = 16 * MESSAGE_BYTES_MAX;
