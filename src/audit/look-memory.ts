import type { Detected, Detector } from '../detect/detector.ts';
import type { Detection } from '../model/finding.ts';
import type { Gap } from '../model/gaps.ts';
import type { DecodedBody } from '../model/layer.ts';
import { AskedLately } from './asked-lately.ts';

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
  readonly #asked = new AskedLately();
  readonly #known = new Map<Detector, Map<string | object, Looked>>();

  /** Whether something came before; now it did. @param trait what things that are equal have in common, and others seldom do. */
  met(trait: string): boolean {
    return this.#asked.wasAsked(trait);
  }

  /**
   * What was found before.
   * @param key everything that the result depends on, but the detector; an object: a head that many exchanges share.
   */
  known(detector: Detector, key: string | object): Looked | null {
    const known = this.#known.get(detector);
    const before = known?.get(key);
    if (known === undefined || before === undefined) return null;
    // A Map keeps the order of insertion: what is asked for goes to the end, and the first is forgotten first.
    if (known.size > ENTRIES_MAX / 2) {
      known.delete(key);
      known.set(key, before);
    }
    return before;
  }

  /** Takes what was found now, in something that was met before or is shared. */
  note(detector: Detector, key: string | object, looked: Looked): void {
    if (!isLasting(looked)) return;
    let known = this.#known.get(detector);
    if (known === undefined) {
      known = new Map();
      this.#known.set(detector, known);
    }
    known.set(key, looked);
    if (known.size > ENTRIES_MAX) known.delete(known.keys().next().value as string | object);
  }
}

export function found({ decoded, detected }: { readonly decoded: DecodedBody; readonly detected: Detected }): Looked {
  return { detections: detected.detections, gaps: [...decoded.gaps, ...detected.gaps] };
}

function isLasting({ detections, gaps }: Looked): boolean {
  if (detections.length + gaps.length > PARTS_MAX) return false;
  return gaps.every(({ kind }) => kind !== 'limit-time');
}
