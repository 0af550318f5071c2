import type { Detected, Detector } from '../detect/detector.ts';
import type { Direction } from '../model/exchange.ts';
import type { Detection } from '../model/finding.ts';
import type { Gap } from '../model/gaps.ts';
import type { DecodedBody } from '../model/layer.ts';
import { AskedLately } from './asked-lately.ts';
import { Lately } from './lately.ts';
import { openQuestions } from './open-questions.ts';

/** What decoding and searching one body or head gave. */
export interface Looked {
  readonly detections: readonly Detection[];
  readonly gaps: readonly Gap[];
}

/** What is said of a body: with its bytes and the device all that the result depends on. */
export interface Said {
  readonly direction: Direction;
  readonly whole: boolean;
  readonly contentType: string | null;
  readonly contentEncodings: readonly string[];
}

/** Larger bodies and heads are looked at each time: what was found may hold on to their text. */
export const REMEMBERED_BYTES_MAX = 16 * 1024;
/** Bodies and heads remembered for each device; half of them at least are those asked for last. */
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
  readonly #known = new Map<Detector, Lately<string | object, Entry>>();

  /** Whether something came before; now it did. @param trait what things that are equal have in common, and others seldom do. */
  met(trait: string): boolean {
    return this.#asked.wasAsked(trait);
  }

  /**
   * What was found before.
   * @param key of a body: its hash; of a head: all of it, or the object that many exchanges share.
   * @param said null for a head.
   */
  known(detector: Detector, key: string | object, said: Said | null): Looked | null {
    const known = this.#known.get(detector);
    const before = known?.get(key);
    return before === undefined || !isSame(before.said, said) ? null : before.looked;
  }

  /** Takes what was found now, in something that was met before or is shared. */
  note(detector: Detector, key: string | object, said: Said | null, looked: Looked): void {
    if (!isLasting(looked)) return;
    let known = this.#known.get(detector);
    if (known === undefined) {
      known = new Lately(ENTRIES_MAX);
      this.#known.set(detector, known);
    }
    known.set(key, { said, looked });
  }
}

interface Entry {
  readonly said: Said | null;
  readonly looked: Looked;
}

function isSame(one: Said | null, other: Said | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.direction === other.direction &&
    one.whole === other.whole &&
    one.contentType === other.contentType &&
    one.contentEncodings.length === other.contentEncodings.length &&
    one.contentEncodings.every((coding, at) => coding === other.contentEncodings[at])
  );
}

export function found({ decoded, detected }: { readonly decoded: DecodedBody; readonly detected: Detected }): Looked {
  const { detections } = detected;
  return { detections, gaps: openQuestions([...decoded.gaps, ...detected.gaps], detections) };
}

function isLasting({ detections, gaps }: Looked): boolean {
  if (detections.length + gaps.length > PARTS_MAX) return false;
  return gaps.every(({ kind }) => kind !== 'limit-time');
}
