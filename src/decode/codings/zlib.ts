import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { Deadline } from '../deadline.ts';
import { mayBeDeflate } from './raw-deflate.ts';
import type { Unpacked } from './unpacked.ts';

export type ZlibForm = 'gzip' | 'zlib' | 'deflate-raw' | 'br';

/** Deflate never expands by more than this, so a prefix of `limit / 1032` bytes always fits. */
const DEFLATE_EXPANSION_MAX = 1032;
/** A prefix that fills this share of the limit is near enough: each further attempt unpacks everything again. */
const NEARLY_FULL = 0.9;

/** Brotli hands out its window at once, and one more byte of input may add as much as this to the output. */
const BROTLI_BURST_MAX = 17 * 1024 * 1024;

const EMPTY = new Uint8Array(0);

const UNPACK = {
  gzip: gunzipSync,
  zlib: inflateSync,
  'deflate-raw': inflateRawSync,
  br: brotliDecompressSync,
} as const;

/**
 * Unpacks as much as can be unpacked, without waiting, and never more than `bytesMax`.
 *
 * Node's synchronous calls drop everything that they had unpacked when they meet an error or their output limit. They do give all
 * of a shorter input, so the longest prefix that unpacks is searched for: nothing is lost up to the damaged byte. The search runs
 * only for broken or oversized bodies and stops at the deadline with the best prefix so far.
 */
export function unpackZlib(form: ZlibForm, packed: Uint8Array, bytesMax: number, deadline: Deadline): Unpacked {
  // One digest in a thousand begins like zlib, and zlib says no by errors that cost 250 µs together.
  if (form === 'zlib' && !mayBeDeflate(packed.subarray(2))) return { bytes: EMPTY, read: 0, stopped: 'damaged' };
  const whole = attempt(form, packed, bytesMax, true);
  if (whole.bytes !== null) return { bytes: whole.bytes, read: packed.length, stopped: 'end' };
  if (whole.failure === 'cut') {
    const cut = attempt(form, packed, bytesMax, false);
    if (cut.bytes !== null) return { bytes: cut.bytes, read: packed.length, stopped: 'cut' };
    return longestPrefix(form, packed, bytesMax, cut.failure, deadline);
  }
  if (form !== 'br' || whole.failure !== 'too-large')
    return longestPrefix(form, packed, bytesMax, whole.failure, deadline);
  const burst = longestPrefix(form, packed, bytesMax + BROTLI_BURST_MAX, whole.failure, deadline);
  return { ...burst, bytes: burst.bytes.subarray(0, bytesMax), stopped: 'too-large' };
}

/** What bytes unpack to when they are one deflate stream from the first to the last; null when they are not, or are too much. */
export function inflateWhole(packed: Uint8Array, bytesMax: number): Uint8Array | null {
  try {
    const { buffer, engine } = inflateRawSync(packed, {
      maxOutputLength: Math.max(1, bytesMax),
      info: true,
    }) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    return engine.bytesWritten === packed.length ? buffer : null;
  } catch {
    return null;
  }
}

type Failure = 'cut' | 'damaged' | 'too-large';

/** `bytes` is null when Node threw; then `failure` says why. */
interface Attempt {
  readonly bytes: Uint8Array | null;
  readonly failure: Failure;
}

function attempt(form: ZlibForm, packed: Uint8Array, bytesMax: number, mustEnd: boolean): Attempt {
  const flush = form === 'br' ? constants.BROTLI_OPERATION_FLUSH : constants.Z_SYNC_FLUSH;
  try {
    const bytes = UNPACK[form](packed, {
      maxOutputLength: Math.max(1, bytesMax),
      chunkSize: packed.length < 4096 ? 4096 : 65_536,
      ...(mustEnd ? {} : { finishFlush: flush }),
    });
    return { bytes, failure: 'damaged' };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ERR_BUFFER_TOO_LARGE') return { bytes: null, failure: 'too-large' };
    return { bytes: null, failure: code === 'Z_BUF_ERROR' ? 'cut' : 'damaged' };
  }
}

function longestPrefix(
  form: ZlibForm,
  packed: Uint8Array,
  bytesMax: number,
  failure: Failure,
  deadline: Deadline,
): Unpacked {
  let best: Uint8Array = new Uint8Array(0);
  let good = 0;
  let bad = packed.length;
  let stopped = failure;
  let probe = failure === 'too-large' ? firstProbe(form, bytesMax, bad) : bad >> 1;
  while (bad - good > 1 && !deadline.passed()) {
    const { bytes, failure: why } = attempt(form, packed.subarray(0, probe), bytesMax, false);
    if (bytes === null) {
      bad = probe;
      stopped = why;
    } else {
      good = probe;
      best = bytes;
    }
    if (stopped === 'too-large' && best.length >= bytesMax * NEARLY_FULL) break;
    probe = nextProbe(good, bad, best.length, stopped === 'too-large' ? bytesMax : 0);
  }
  return { bytes: best, read: good, stopped };
}

function firstProbe(form: ZlibForm, bytesMax: number, bad: number): number {
  const safe = form === 'br' ? bad >> 1 : Math.floor(bytesMax / DEFLATE_EXPANSION_MAX);
  return Math.min(Math.max(1, safe), bad - 1);
}

/** Aims at the limit with the expansion seen so far; halves the range when that says nothing new. */
function nextProbe(good: number, bad: number, unpacked: number, bytesMax: number): number {
  const aim = unpacked > 0 ? Math.floor((good * bytesMax * 0.95) / unpacked) : 0;
  const middle = (good + bad) >> 1;
  return aim > good && aim < middle ? aim : middle;
}
