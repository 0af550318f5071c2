import { countOf, type Fields, fieldsOf, headerOf, listOf, percentEncoded, textOf } from './har-fields.ts';
import { readText } from './har-text.ts';

/** A body of a HAR entry as far as the file holds it. */
export interface HarBody {
  readonly bytes: Uint8Array;
  /** Why it breaks off after these bytes; null when it does not. */
  readonly cut: string | null;
  /** Why the file does not hold the body that there was, and how many bytes it had; null when it does, or when there was none. */
  readonly missing: { readonly bytes: number | null; readonly why: string } | null;
}

const NO_BODY: HarBody = { bytes: new Uint8Array(0), cut: null, missing: null };
/** A byte order mark that a writer counted and did not write. */
const SIZE_SLACK_BYTES = 3;

/** The body of an entry's `request`. */
export function requestBodyOf(request: Fields): HarBody {
  const given = fieldsOf(request['postData']);
  const bodySize = countOf(request['bodySize']);
  const length = contentLength(request);
  const sizes = { given: sizesOf(bodySize, length), whole: isCoded(request) ? null : (length ?? bodySize) };
  const texts = [
    [textOf(request['postData']), null] as const,
    ...[given, fieldsOf(request['_content'])].map(textAndEncoding),
  ];
  for (const [value, encoding] of texts) {
    const text = bodyText(value);
    if (text !== null) return fromText(text, encoding, sizes);
  }
  const parameters = listOf(given['params']).map(fieldsOf);
  if (parameters.length > 0) return fromParameters(parameters, textOf(given['mimeType']) ?? '', sizes.given);
  return missing(bodySize, textOf(request['_requestBodyStatus']));
}

/** The body of an entry's `response`; what a 304 brings along came from a cache. */
export function responseBodyOf(response: Fields, method: string): HarBody {
  const status = countOf(response['status']) ?? 0;
  if (status === 304) return NO_BODY;
  const content = fieldsOf(response['content']);
  const size = countOf(content['size']);
  const bodySize = countOf(response['bodySize']);
  const isWireSize = isCoded(response) && size === bodySize;
  const [value, encoding] = textAndEncoding(content);
  const text = bodyText(value);
  if (text !== null) {
    const given = sizesOf(size, bodySize, contentLength(response));
    return fromText(text, encoding, { given, whole: isWireSize || isUtf16(response) ? null : size });
  }
  if (status === 204 || status === 101 || method === 'HEAD') return NO_BODY;
  const why = textOf(response['_responseBodyStatus']) ?? textOf(content['comment']);
  return missing(Math.max(size ?? 0, bodySize ?? 0), why);
}

function textAndEncoding(part: Fields): readonly [unknown, string | null] {
  return [part['text'], textOf(part['encoding'])];
}

/** Some writers put parsed JSON where its text belongs. */
function bodyText(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return value === null || value === undefined ? null : JSON.stringify(value);
}

/** @param sizes `given`: all that the file says of the length; `whole`: how long the text would be if it were whole. */
function fromText(
  text: string,
  encoding: string | null,
  sizes: { readonly given: readonly number[]; readonly whole: number | null },
): HarBody {
  const { bytes, damaged } = readText(text, encoding, sizes.given);
  if (damaged)
    return {
      bytes,
      cut: null,
      missing: { bytes: null, why: 'the file has U+FFFD in place of bytes that are no UTF-8' },
    };
  const { whole } = sizes;
  // Some count the characters of the base64 that they wrote.
  const isCut = whole !== null && whole - bytes.length > SIZE_SLACK_BYTES && whole !== text.length;
  return { bytes, cut: isCut ? `the file holds ${bytes.length} of ${whole} bytes` : null, missing: null };
}

function missing(size: number | null, status: string | null): HarBody {
  const known = size !== null && size > 0;
  if (!known && status === null) return NO_BODY;
  return { ...NO_BODY, missing: { bytes: known ? size : null, why: status ?? 'no text in the file' } };
}

function sizesOf(...sizes: readonly (number | null)[]): readonly number[] {
  return sizes.filter((size): size is number => size !== null && size > 0);
}

function contentLength(head: Fields): number | null {
  return countOf(headerOf(head['headers'], 'content-length'));
}

function isCoded(head: Fields): boolean {
  return !/^(identity)?$/i.test(headerOf(head['headers'], 'content-encoding')?.trim() ?? '');
}

function isUtf16(head: Fields): boolean {
  return /charset="?utf-?16/i.test(headerOf(head['headers'], 'content-type') ?? '');
}

/**
 * Some writers give a form's parameters only: the body is put together again, with the boundary of the header.
 *
 * Names and values may be percent-encoded still (Chrome) or not (Firefox, Charles), and a body that is no form may stand there as
 * one name without a value: the writing whose length the file gives is taken.
 */
function fromParameters(parameters: readonly Fields[], mimeType: string, sizes: readonly number[]): HarBody {
  const boundary = /boundary="?([^";]+)/i.exec(mimeType)?.[1];
  const pairs = parameters.map((parameter) => ({
    name: textOf(parameter['name']) ?? '',
    value: textOf(parameter['value']) ?? '',
    file: textOf(parameter['fileName']),
    type: textOf(parameter['contentType']),
  }));
  if (boundary === undefined) {
    const written = WRITINGS.map((write) => Buffer.from(pairs.map(write).join('&')));
    const bytes = written.find(({ length }) => sizes.includes(length)) ?? (written[0] as Buffer);
    return { ...NO_BODY, bytes };
  }
  const parts = pairs.map(({ name, value, file, type }) => {
    const disposition = `Content-Disposition: form-data; name="${name}"${file === null ? '' : `; filename="${file}"`}`;
    return `--${boundary}\r\n${disposition}\r\n${type === null ? '' : `Content-Type: ${type}\r\n`}\r\n${value}\r\n`;
  });
  return { ...NO_BODY, bytes: Buffer.from(`${parts.join('')}--${boundary}--\r\n`) };
}

interface Pair {
  readonly name: string;
  readonly value: string;
}

/** How a pair of a form may have been written. The first leaves what is percent-encoded and keeps what is not from breaking the form. */
const WRITINGS: readonly ((pair: Pair) => string)[] = [
  ({ name, value }) => `${safe(name)}=${safe(value)}`,
  ({ name, value }) => (value === '' ? name : `${name}=${value}`),
  ({ name, value }) => `${name}=${value}`,
  ({ name, value }) => `${percentEncoded(name)}=${percentEncoded(value)}`,
  (pair) => new URLSearchParams([[pair.name, pair.value]]).toString(),
];

function safe(text: string): string {
  return text.replace(/[&=#\s]/g, (character) => encodeURIComponent(character));
}
