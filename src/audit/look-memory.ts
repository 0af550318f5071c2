import type { Detected, Detector } from '../detect/detector.ts';
import type { Detection } from '../model/finding.ts';
import type { Gap } from '../model/gaps.ts';
import type { DecodedBody } from '../model/layer.ts';

/** What decoding and searching one body or head gave. */
export interface Looked {
  readonly detections: readonly Detection[];
  readonly gaps: readonly Gap[];
}

/** Larger bodies and heads are looked at each time: what was found may hold on to their text. */
export const REMEMBERED_BYTES_MAX = 16 * 1024;
/** Bodies and heads remembered for each device. */
const ENTRIES_MAX = 500;
/** Findings and gaps of one that are worth remembering. */
const PARTS_MAX = 100;
/** Keys of which it is known that they were asked for lately; a power of two. */
const ASKED_MAX = 4_096;

/**
 * Remembers what was found in small bodies and heads, for apps send the same ones over and over: heartbeats, polls for a
 * configuration, answers that say "ok". Looking is a function of the bytes, of what the head says of them and of the device alone,
 * so an equal key means an equal result; only what ran out of time may come out otherwise, and is not remembered.
 *
 * Only what comes a second time is remembered: most bodies never come again, and to keep what was found in each of them a while
 * would leave the collector of garbage more work than all the rest.
 *
 * Memory: at most 500 entries a device, each of which holds on to 16 KB at most.
 */
export class LookMemory {
  /** Hashes of the keys asked for lately, each at a place of its own. */
  readonly #asked = new Int32Array(ASKED_MAX);
  readonly #known = new Map<Detector, Map<string, Looked>>();

  /** @param key everything that the result depends on, but the detector. */
  look(
    detector: Detector,
    key: string,
    look: () => { readonly decoded: DecodedBody; readonly detected: Detected },
  ): Looked {
    let known = this.#known.get(detector);
    if (known === undefined) {
      known = new Map();
      this.#known.set(detector, known);
    }
    const before = known.get(key);
    if (before !== undefined) {
      // A Map keeps the order of insertion: what is asked for goes to the end, and the first is forgotten first.
      known.delete(key);
      known.set(key, before);
      return before;
    }
    const looked = found(look());
    if (this.#wasAsked(key) && isLasting(looked)) {
      known.set(key, looked);
      if (known.size > ENTRIES_MAX) known.delete(known.keys().next().value as string);
    }
    return looked;
  }

  /** Whether a key was asked for before; now it is. */
  #wasAsked(key: string): boolean {
    let hash = 0;
    for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
    const place = (hash >>> 16) & (ASKED_MAX - 1);
    const was = this.#asked[place] === hash;
    this.#asked[place] = hash;
    return was;
  }
}

export function found({ decoded, detected }: { readonly decoded: DecodedBody; readonly detected: Detected }): Looked {
  return { detections: detected.detections, gaps: [...decoded.gaps, ...detected.gaps] };
}

function isLasting({ detections, gaps }: Looked): boolean {
  if (detections.length + gaps.length > PARTS_MAX) return false;
  return gaps.every(({ kind }) => kind !== 'limit-time');
}
