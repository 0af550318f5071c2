import type { Direction } from '../model/exchange.ts';
import type { Detection } from '../model/finding.ts';
import type { Gap } from '../model/gaps.ts';
import type { Layer } from '../model/layer.ts';
import { detectionOf, hitsOf, type Site } from './detection.ts';
import { FindingsLimit } from './findings-limit.ts';
import { type Match, withoutRepeats } from './match.ts';
import type { PatternSet } from './patterns/pattern-set.ts';
import type { PatternStream, Scanner } from './scan/scanner.ts';
import { standsAsValue } from './standing.ts';

/** The search of a body that is too long to keep, while it streams by. */
export interface DetectionStream {
  write(chunk: Uint8Array): readonly Detection[];
  end(): readonly Detection[];
  /** What was left out, once the stream has ended. */
  gaps(): readonly Gap[];
}

/** A stream has no parsed fields: it is one layer without any. */
const STREAM: Layer = { chain: [], bytes: new Uint8Array(0), fields: [], parent: -1, parentStart: 0, parentEnd: 0 };

/** Holds matches back until no longer one around them can follow, so that each leak is told once. */
export class StreamSearch implements DetectionStream {
  readonly #site: Site;
  readonly #stream: PatternStream;
  readonly #reach: number;
  readonly #limit: FindingsLimit;
  #held: Match[] = [];
  #written = 0;

  /** @param known tells patterns by their numbers. */
  constructor(
    known: { readonly scanner: Scanner; readonly patterns: PatternSet },
    direction: Direction,
    findingsMax: number,
  ) {
    const { scanner, patterns } = known;
    this.#site = { direction, place: 'body', message: null, origin: 0, name: null };
    this.#reach = scanner.reach;
    this.#limit = new FindingsLimit(findingsMax);
    this.#stream = scanner.open((number, start, bytes, at, low, high) => {
      const pattern = patterns.at(number);
      if (!standsAsValue(pattern, at, { bytes, low, high, fieldStart: -1, fieldEnd: -1 })) return;
      this.#held.push({ pattern, layer: 0, start, end: start + pattern.bytes.length });
    });
  }

  write(chunk: Uint8Array): readonly Detection[] {
    this.#stream.write(chunk);
    this.#written += chunk.length;
    return this.#tell(this.#written - 3 * this.#reach);
  }

  end(): readonly Detection[] {
    this.#stream.end();
    return this.#tell(Number.POSITIVE_INFINITY);
  }

  gaps(): readonly Gap[] {
    return this.#limit.gaps([]);
  }

  /** Tells the matches that end before a position; what holds them ends less than one reach later. */
  #tell(before: number): readonly Detection[] {
    if (this.#held.length === 0) return [];
    const kept = withoutRepeats(this.#held, [STREAM]);
    const ready = kept.filter(({ end }) => end <= before);
    this.#held = kept.filter(({ end }) => end > before);
    return ready
      .flatMap((match) => hitsOf(match, [STREAM]))
      .map((hit) => detectionOf(hit, STREAM, this.#site))
      .filter((detection) => this.#limit.takes(detection));
  }
}
