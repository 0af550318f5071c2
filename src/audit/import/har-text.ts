/** What a text of a HAR file was read as. */
export interface ReadText {
  readonly bytes: Uint8Array;
  /** Whether the writer put U+FFFD in place of bytes that are no UTF-8: what stood there is lost. */
  readonly damaged: boolean;
}

/**
 * The bytes that a text stands for. HAR 1.2 has `encoding` for base64 and means Unicode text otherwise; writers differ:
 *
 * - base64 without saying so (Charles 4.2 in `postData`): taken when the sizes given fit that reading and no other;
 * - one character a byte (ProxyPin, mitmproxy and Chrome in `postData`): taken when no character is beyond U+00FF and what they make
 *   is UTF-8, or what no text holds;
 * - bytes that are no UTF-8 as lone surrogates U+DC80–DCFF (mitmproxy).
 *
 * @param sizes what the file says of the body's length, in bytes, before or after a content coding was undone.
 */
export function readText(text: string, encoding: string | null, sizes: readonly number[]): ReadText {
  const fits = (length: number) => sizes.includes(length);
  const bytes = bytesOf(text, encoding, fits);
  return { bytes, damaged: text.includes('\ufffd') && !fits(bytes.length) };
}

/** @param fits whether a body of so many bytes is what the file speaks of. */
function bytesOf(text: string, encoding: string | null, fits: (length: number) => boolean): Uint8Array {
  // Those who say base64 and write text are believed in the text.
  if (encoding?.toLowerCase() === 'base64' && /^[\w+/=\s-]*$/.test(text)) return Buffer.from(text, 'base64');
  if (isByteEach(text, fits)) return Buffer.from(text, 'latin1');
  if (encoding === null && isUnsaidBase64(text, fits)) return Buffer.from(text, 'base64');
  return withSurrogates(text);
}

function isByteEach(text: string, fits: (length: number) => boolean): boolean {
  if (!/[\u0080-\u00ff]/.test(text) || /[\u0100-\uffff]/.test(text)) return false;
  const [one, utf8] = [fits(text.length), fits(Buffer.byteLength(text))];
  if (one !== utf8) return one;
  if (/[\u0080-\u0084\u0086-\u009f]/.test(text)) return true;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'));
    return true;
  } catch {
    return false;
  }
}

function isUnsaidBase64(text: string, fits: (length: number) => boolean): boolean {
  if (fits(text.length) || !/^[A-Za-z0-9+/\s]+={0,2}$/.test(text.trimEnd())) return false;
  return fits(Buffer.byteLength(text.replace(/\s+/g, ''), 'base64'));
}

function withSurrogates(text: string): Uint8Array {
  const parts: Buffer[] = [];
  let from = 0;
  for (const { index } of text.matchAll(/(?<![\ud800-\udbff])[\udc80-\udcff]/g)) {
    parts.push(Buffer.from(text.slice(from, index)), Buffer.of(text.charCodeAt(index) & 0xff));
    from = index + 1;
  }
  return parts.length === 0 ? Buffer.from(text) : Buffer.concat([...parts, Buffer.from(text.slice(from))]);
}
