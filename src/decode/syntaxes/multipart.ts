import { bufferOf } from '../characters.ts';

/** One part; offsets are those of its content. */
export interface Part {
  /** Of the form's control; the file's name or the part's number where there is none. */
  readonly name: string;
  readonly contentType: string | null;
  readonly start: number;
  readonly end: number;
}

const HEAD_BYTES_MAX = 16_384;
const PARTS_MAX = 10_000;
const NAME_LENGTH_MAX = 200;

/** The boundary that a body without a Content-Type starts with; null when it does not start like a multipart body. */
export function boundaryOf(bytes: Uint8Array): string | null {
  const head = bufferOf(bytes).toString('latin1', 0, 300);
  return /^(?:\r?\n)?--([\w'()+,./:=?-]{1,200})\r?\n[A-Za-z][\w-]{0,60}:/.exec(head)?.[1] ?? null;
}

/**
 * Reads the parts of a multipart body (RFC 2046, 7578), also when bare line feeds end its lines or the last boundary is missing.
 * The content of a part whose boundary never comes reaches to the end.
 */
export function readMultipart(bytes: Uint8Array, boundary: string): readonly Part[] {
  const body = bufferOf(bytes);
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  const parts: Part[] = [];
  let at = body.indexOf(delimiter);
  while (at !== -1 && parts.length < PARTS_MAX) {
    const headStart = at + delimiter.length;
    if (body[headStart] === 0x2d && body[headStart + 1] === 0x2d) break;
    const head = headEnd(body, headStart);
    if (head === null) break;
    const next = body.indexOf(delimiter, head.content);
    const end = next === -1 ? body.length : withoutLineEnd(body, head.content, next);
    parts.push(describePart(body.toString('latin1', headStart, head.end), parts.length, head.content, end));
    at = next;
  }
  return parts;
}

function headEnd(body: Buffer, start: number): { readonly end: number; readonly content: number } | null {
  const window = body.subarray(start, start + HEAD_BYTES_MAX);
  const wide = window.indexOf('\r\n\r\n');
  const narrow = window.indexOf('\n\n');
  if (wide === -1 && narrow === -1) return null;
  if (wide !== -1 && (narrow === -1 || wide < narrow)) return { end: start + wide, content: start + wide + 4 };
  return { end: start + narrow, content: start + narrow + 2 };
}

function withoutLineEnd(body: Buffer, start: number, end: number): number {
  let to = end;
  if (to > start && body[to - 1] === 0x0a) to--;
  if (to > start && body[to - 1] === 0x0d) to--;
  return to;
}

function describePart(head: string, number: number, start: number, end: number): Part {
  const disposition = /^content-disposition\s*:\s*([^\r\n]*)/im.exec(head)?.[1] ?? '';
  const name = parameter(disposition, 'name') ?? parameter(disposition, 'filename') ?? String(number);
  const contentType = /^content-type\s*:\s*([^\r\n]*)/im.exec(head)?.[1]?.trim() ?? null;
  return { name: Buffer.from(name.slice(0, NAME_LENGTH_MAX), 'latin1').toString('utf8'), contentType, start, end };
}

function parameter(disposition: string, name: string): string | null {
  const match = new RegExp(`(?:^|[;\\s])${name}\\s*=\\s*(?:"([^"]*)"|([^;\\s]*))`, 'i').exec(disposition);
  return match?.[1] ?? match?.[2] ?? null;
}
