import { Decompress } from 'fzstd';
import type { Deadline } from '../deadline.ts';
import type { Unpacked } from './unpacked.ts';

/** RFC 9659: a content coding must not ask for more memory than this to look back into. Frames that do are not opened. */
const WINDOW_BYTES_MAX = 8 * 1024 * 1024;
/** The library's word for a body that ends early. */
const UNEXPECTED_END = 5;

/** Unpacks Zstandard frames block by block (at most 128 KiB each), and stops between two of them at a limit. */
export function unpackZstd(packed: Uint8Array, bytesMax: number, deadline: Deadline): Unpacked {
  const blocks: Uint8Array[] = [];
  let length = 0;
  let stopped: Unpacked['stopped'] = 'end';
  if (memoryAsked(packed) > memoryGiven(packed, bytesMax))
    return { bytes: new Uint8Array(0), read: 0, stopped: 'too-large' };
  const stream = new Decompress((block) => {
    blocks.push(block);
    length += block.length;
    if (length > bytesMax || deadline.passed()) throw LIMIT_REACHED;
  });
  try {
    stream.push(packed, true);
  } catch (error) {
    if (error === LIMIT_REACHED) stopped = 'too-large';
    else stopped = (error as { code?: unknown }).code === UNEXPECTED_END ? 'cut' : 'damaged';
  }
  const bytes = Buffer.concat(blocks, Math.min(length, bytesMax));
  return { bytes, read: stopped === 'end' ? packed.length : 0, stopped };
}

const LIMIT_REACHED = new RangeError('more output than was asked for');

/** The library takes the memory that a frame asks for at once: a window, or the whole content when it is a single segment. */
function memoryAsked(packed: Uint8Array): number {
  if (isSingleSegment(packed)) return contentSize(packed);
  const window = packed[5] ?? 0;
  const base = 2 ** (10 + (window >> 3));
  return base + (base / 8) * (window & 7);
}

function memoryGiven(packed: Uint8Array, bytesMax: number): number {
  return isSingleSegment(packed) ? Math.max(WINDOW_BYTES_MAX, bytesMax) : WINDOW_BYTES_MAX;
}

/** RFC 8878, 3.1.1.1.1. */
function isSingleSegment(packed: Uint8Array): boolean {
  return ((packed[4] ?? 0) & 0x20) !== 0;
}

/** The unpacked size that the first frame states; 0 when it states none. */
function contentSize(packed: Uint8Array): number {
  const descriptor = packed[4] ?? 0;
  const single = (descriptor >> 5) & 1;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
  const at = 6 - single + dictionaryBytes;
  const form = descriptor >> 6;
  const bytes = form === 0 ? single : 1 << form;
  let size = form === 1 ? 256 : 0;
  for (let offset = 0; offset < bytes; offset++) size += (packed[at + offset] ?? 0) * 256 ** offset;
  return size;
}
