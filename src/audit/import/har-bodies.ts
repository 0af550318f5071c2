import { type Fields, fieldsOf, listOf, numberOf, textOf } from './har-fields.ts';

/** A body of a HAR entry: its bytes, or how many the file says there were without giving them. */
export type HarBody =
  | { readonly bytes: Uint8Array; readonly missing: null }
  | { readonly bytes: null; readonly missing: { readonly bytes: number | null; readonly why: string } | null };

const NO_BODY: HarBody = { bytes: null, missing: null };

/** The body of an entry's `request`. */
export function requestBodyOf(request: Fields): HarBody {
  const given = fieldsOf(request['postData']);
  for (const part of [given, fieldsOf(request['_content'])]) {
    const text = textOf(part['text']);
    if (text !== null && text !== '') return { bytes: bytesOf(text, textOf(part['encoding'])), missing: null };
  }
  const parameters = listOf(given['params']).map(fieldsOf);
  if (parameters.length > 0) return fromParameters(parameters, textOf(given['mimeType']) ?? '');
  return missing(numberOf(request['bodySize']), textOf(request['_requestBodyStatus']));
}

/** The body of an entry's `response`. */
export function responseBodyOf(response: Fields): HarBody {
  const content = fieldsOf(response['content']);
  const text = textOf(content['text']);
  if (text !== null && text !== '') return { bytes: bytesOf(text, textOf(content['encoding'])), missing: null };
  const status = numberOf(response['status']) ?? 0;
  if (status === 204 || status === 304 || status === 101) return NO_BODY;
  const size = Math.max(numberOf(content['size']) ?? 0, numberOf(response['bodySize']) ?? 0);
  return missing(size, textOf(response['_responseBodyStatus']) ?? textOf(content['comment']));
}

function missing(size: number | null, status: string | null): HarBody {
  if (size !== null && size > 0) return { bytes: null, missing: { bytes: size, why: status ?? 'no text in the file' } };
  return status === null ? NO_BODY : { bytes: null, missing: { bytes: null, why: status } };
}

/**
 * The bytes that a text stands for: base64 when it says so. Otherwise its UTF-8, except where writers put raw bytes into a string:
 * mitmproxy as lone surrogates U+DC80–DCFF, others one character a byte (seen by the magic of gzip).
 */
export function bytesOf(text: string, encoding: string | null): Uint8Array {
  if (encoding?.toLowerCase() === 'base64') return Buffer.from(text, 'base64');
  if (text.startsWith('\u001f\u008b')) return Buffer.from(text, 'latin1');
  const parts: Buffer[] = [];
  let from = 0;
  for (const { index } of text.matchAll(/(?<![\ud800-\udbff])[\udc80-\udcff]/g)) {
    parts.push(Buffer.from(text.slice(from, index)), Buffer.of(text.charCodeAt(index) & 0xff));
    from = index + 1;
  }
  return Buffer.concat([...parts, Buffer.from(text.slice(from))]);
}

/** Some writers give a form's parameters only: the body is put together again, with the boundary of the header. */
function fromParameters(parameters: readonly Fields[], mimeType: string): HarBody {
  const boundary = /boundary="?([^";]+)/i.exec(mimeType)?.[1];
  const pairs = parameters.map((parameter) => ({
    name: textOf(parameter['name']) ?? '',
    value: textOf(parameter['value']) ?? '',
    file: textOf(parameter['fileName']),
    type: textOf(parameter['contentType']),
  }));
  if (boundary === undefined) {
    // What is percent-encoded already (Chrome) stays; what is not (Firefox) must not break the form.
    const safe = (text: string) => text.replace(/[&=#\s]/g, (character) => encodeURIComponent(character));
    const text = pairs.map(({ name, value }) => `${safe(name)}=${safe(value)}`).join('&');
    return { bytes: Buffer.from(text), missing: null };
  }
  const parts = pairs.map(({ name, value, file, type }) => {
    const disposition = `Content-Disposition: form-data; name="${name}"${file === null ? '' : `; filename="${file}"`}`;
    return `--${boundary}\r\n${disposition}\r\n${type === null ? '' : `Content-Type: ${type}\r\n`}\r\n${value}\r\n`;
  });
  return { bytes: Buffer.from(`${parts.join('')}--${boundary}--\r\n`), missing: null };
}
