import type { ShownMark } from '../audit/finding-site.ts';
import { maskValue } from '../model/finding.ts';

/** Bytes of a body that are shown before it is cut. */
const SHOWN_BYTES_MAX = 64 * 1024;

/** Bytes for a terminal: text with its findings between ⟦ and ⟧, their values masked unless `reveal`; else hex. */
export function markedText(bytes: Uint8Array, marks: readonly ShownMark[], reveal: boolean): string {
  const shown = bytes.subarray(0, SHOWN_BYTES_MAX);
  const rest = bytes.length > shown.length ? `\n… ${bytes.length - shown.length} bytes more (--raw gives all)` : '';
  if (!isText(shown))
    return hexDump(shown.subarray(0, 256)) + (bytes.length > 256 ? `\n… ${bytes.length - 256} bytes more` : '');
  let text = '';
  let at = 0;
  for (const { start, end, about, finding } of marks) {
    if (start < at || end > shown.length) continue;
    const value = textOf(shown.subarray(start, end));
    text += `${textOf(shown.subarray(at, start))}⟦${reveal ? value : maskValue(value)} = ${about} (finding ${finding})⟧`;
    at = end;
  }
  return text + textOf(shown.subarray(at)) + rest;
}

/** A stretch of text beside a finding, what other findings stand in left out unless `reveal`. */
export function textBeside(
  bytes: Uint8Array,
  from: number,
  to: number,
  marks: readonly ShownMark[],
  reveal: boolean,
): string {
  let text = '';
  let at = from;
  for (const { start, end } of reveal ? [] : marks) {
    if (end <= at || start >= to) continue;
    text += `${textOf(bytes.subarray(at, Math.max(at, start)))}…`;
    at = end;
  }
  return text + textOf(bytes.subarray(at, to));
}

/** Control characters but line breaks and tabs would let traffic write on the terminal. */
function textOf(bytes: Uint8Array): string {
  return (
    Buffer.from(bytes)
      .toString()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '·')
  );
}

export function isText(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 4_096);
  const odd = sample.reduce((count, byte) => count + (byte < 9 || (byte > 13 && byte < 32) ? 1 : 0), 0);
  return odd * 50 <= sample.length && !Buffer.from(sample.subarray(0, -4)).toString().includes('\ufffd');
}

export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const hex = Array.from(row, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = Array.from(row, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·')).join('');
    lines.push(`${at.toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${text}`);
  }
  return lines.join('\n');
}
