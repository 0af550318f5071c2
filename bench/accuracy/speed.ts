import { decodeBody } from '../../src/decode/decode-body.ts';
import type { Detector } from '../../src/detect/detector.ts';
import { DEFAULT_LIMITS } from '../../src/model/limits.ts';
import { processorSeconds } from '../machine.ts';
import type { Target } from '../results.ts';
import { BODY_KINDS, messages } from '../scan-corpus.ts';

const BYTES_A_KIND = 4_000_000;
const BODY_BYTES = 16_384;

/** Findings of one body whose type nobody names, through decoding and detection. */
export function search(detector: Detector, body: Uint8Array): number {
  const about = { contentType: null, contentEncodings: [], whole: true, codec: null, head: null };
  const decoded = decodeBody(body, about, DEFAULT_LIMITS);
  return detector.detectBody(decoded, { direction: 'request', place: 'body', message: null }).detections.length;
}

const TO_REACH = 60;

/** The speed of decoding and detection together, in all and for each kind of body: a sentence, and what it has to reach. */
export function wholeAuditSpeed(detector: Detector, runs = 4): { readonly line: string; readonly target: Target } {
  const parts = BODY_KINDS.map((kind) => {
    const some = messages(kind, BYTES_A_KIND, BODY_BYTES, 5);
    const bytes = some.reduce((sum, { length }) => sum + length, 0);
    const seconds = processorSeconds(runs, () => {
      for (const message of some) search(detector, message);
    });
    return { kind, bytes, seconds };
  });
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const total = bytes / parts.reduce((sum, { seconds }) => sum + seconds, 0) / 1e6;
  const each = parts.map((part) => `${part.kind} ${Math.round(part.bytes / part.seconds / 1e6)}`).join(', ');
  return {
    line: `Decoding and detection together, whole bodies of 16 KB: ${Math.round(total)} MB a second of processor time (${each}).`,
    target: {
      what: 'decoding and detection on one thread',
      target: `≥ ${TO_REACH} MB/s`,
      measured: `${total.toFixed(1)} MB/s`,
      holds: total >= TO_REACH,
    },
  };
}
