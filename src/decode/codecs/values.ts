import type { CodecCondition, CodecValue } from '../../model/codec.ts';
import type { RequestHead } from '../../model/exchange.ts';
import { bufferOf } from '../characters.ts';
import { readForm } from '../syntaxes/pairs.ts';
import { readCompactThrift } from '../syntaxes/thrift.ts';

/** What the values and conditions of a codec may look at. */
export interface CodecContext {
  /** What is coded, as it stands on the wire. */
  readonly coded: Uint8Array;
  readonly head: RequestHead | null;
}

/** The bytes that a value stands for; null when they are not there. */
export function codecValue(value: CodecValue, context: CodecContext): Uint8Array | null {
  let bytes = rawValue(value, context);
  if (bytes === null) return null;
  if (value.as === 'hex') bytes = Buffer.from(bufferOf(bytes).toString('latin1'), 'hex');
  else if (value.as === 'low-byte') bytes = lowByte(bufferOf(bytes).toString('latin1'));
  if (bytes === null || value.slice === undefined) return bytes;
  const [from, to] = value.slice;
  return to <= bytes.length ? bytes.subarray(from, to) : null;
}

function rawValue(value: CodecValue, context: CodecContext): Uint8Array | null {
  if (value.text !== undefined) return Buffer.from(value.text, 'utf8');
  if (value.hex !== undefined) return Buffer.from(value.hex, 'hex');
  if (value.base64 !== undefined) return Buffer.from(value.base64, 'base64');
  if (value.coded === true) return context.coded;
  if (value.header !== undefined) return textOrNull(headerOf(context.head, [value.header]));
  if (value.query !== undefined) return textOrNull(queryOf(context.head, value.query));
  if (value.thrift !== undefined) return thriftBytes(context.coded, value.thrift);
  const parts = (value.concat ?? []).map((part) => codecValue(part, context));
  return parts.length > 0 && parts.every((part) => part !== null) ? Buffer.concat(parts) : null;
}

function textOrNull(text: string | null): Uint8Array | null {
  return text === null || text === '' ? null : Buffer.from(text, 'latin1');
}

/** The lowest byte of a decimal number of any length. */
function lowByte(digits: string): Uint8Array | null {
  return /^\d{1,20}$/.test(digits) ? Uint8Array.of(Number(BigInt(digits) & 0xffn)) : null;
}

function headerOf(head: RequestHead | null, names: readonly string[]): string | null {
  const wanted = names.map((name) => name.toLowerCase());
  return head?.headers.find(([name]) => wanted.includes(name.toLowerCase()))?.[1].trim() ?? null;
}

function queryOf(head: RequestHead | null, name: string): string | null {
  const query = head?.target.split('?', 2)[1];
  if (query === undefined) return null;
  let found: string | null = null;
  const bytes = Buffer.from(query, 'latin1');
  readForm(bytes, 0, bytes.length, (key, start, end, decoded) => {
    if (key === name) found = bufferOf(decoded ?? bytes.subarray(start, end)).toString('latin1');
    return found === null;
  });
  return found;
}

function thriftBytes(coded: Uint8Array, id: number): Uint8Array | null {
  const field = readCompactThrift(coded)?.find((candidate) => candidate.id === id);
  return field === undefined ? null : coded.subarray(field.start, field.end);
}

/** Whether a condition holds. */
export function codecConditionHolds(condition: CodecCondition, context: CodecContext): boolean {
  const { starts, header, query, thrift } = condition;
  if (
    starts !== undefined &&
    !bufferOf(context.coded.subarray(0, starts.length / 2)).equals(Buffer.from(starts, 'hex'))
  ) {
    return false;
  }
  if (header !== undefined && !new RegExp(header.matches, 'i').test(headerOf(context.head, header.names) ?? ''))
    return false;
  if (query !== undefined && queryOf(context.head, query) === null) return false;
  return thrift === undefined || thriftHolds(thrift, context.coded);
}

function thriftHolds({ field, is }: NonNullable<CodecCondition['thrift']>, coded: Uint8Array): boolean {
  const fields = readCompactThrift(coded);
  if (fields === null) return false;
  const found = fields.find(({ id }) => id === field);
  return is === null ? found === undefined : found?.text === is;
}
