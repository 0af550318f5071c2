import type { Taxonomy } from '../model/data-type.ts';
import type { DeviceProfile } from '../model/device-profile.ts';
import type { Direction } from '../model/exchange.ts';
import type { Detection, MatchKind } from '../model/finding.ts';
import type { Gap } from '../model/gaps.ts';
import type { DecodedBody, DecodedHead, HeadPart, Layer } from '../model/layer.ts';
import type { AuditLimits } from '../model/limits.ts';
import { detectionOf, headSite, hitsOf, type Site } from './detection.ts';
import { FindingsLimit } from './findings-limit.ts';
import type { Hit } from './hit.ts';
import { KnownValueSearch } from './known-values.ts';
import { withoutRepeats } from './match.ts';
import { generatePatterns } from './patterns/generate.ts';
import { knownValues } from './patterns/known-value.ts';
import { isSeenDeeper, PlaceFinder } from './places/find-places.ts';
import { findNamedPlaces } from './places/named-places.ts';
import { type DetectionStream, StreamSearch } from './stream-search.ts';
import { StructureFinder } from './structure/find-structures.ts';
import { XorSearch } from './xor-search.ts';

export interface DetectorOptions {
  /** The app under test: brings the profile's values that only it sees, and its own id as a salt. */
  readonly app: string | null;
  readonly taxonomy: Taxonomy;
  readonly limits: AuditLimits;
}

/** What was found, and what was not recorded. */
export interface Detected {
  readonly detections: readonly Detection[];
  /** Where each of them stands, in the same order; behind those, hits that were too many to be reported, and second halves of values. */
  readonly spans: readonly DetectedSpan[];
  readonly gaps: readonly Gap[];
}

/** A run of bytes of one layer; `layer` is its index, `end` exclusive. */
export interface DetectedSpan {
  readonly layer: number;
  readonly start: number;
  readonly end: number;
  readonly match: MatchKind;
}

export interface Detector {
  /** Searches every layer of a decoded body. */
  detectBody(
    decoded: DecodedBody,
    about: {
      readonly direction: Direction;
      readonly place: 'body' | 'websocket';
      /** Which message of a conversation, from 0; null for a body. */
      readonly message: number | null;
    },
  ): Detected;
  /** Searches URL, headers and cookies in one go. */
  detectHead(decoded: DecodedHead, direction: Direction): Detected;
  /** For bodies longer than what is kept for decoding: the rest is searched as it streams by. */
  openStream(about: { readonly direction: Direction; readonly place: 'body' }): DetectionStream;
  readonly patternCount: number;
}

/** Makes the detector of one device and app. Costs half a second with a dozen identifiers; make it once a capture. */
export function compileDetector(profile: DeviceProfile, options: DetectorOptions): Detector {
  const known = knownValues(profile, options.app);
  const salts = options.app === null ? profile.salts : [...profile.salts, options.app];
  const patterns = generatePatterns(known, { salts });
  const knownTypes = new Set(known.map(({ dataType }) => dataType));
  return new ProfileDetector({
    patternCount: patterns.size,
    values: new KnownValueSearch(patterns),
    masked: new XorSearch(known),
    places: profile.location === null || isNowhere(profile.location) ? null : new PlaceFinder(profile.location),
    structures: new StructureFinder(options.taxonomy, knownTypes),
    findingsMax: options.limits.findingsMax,
  });
}

/** What systems answer when they do not know where they are. */
function isNowhere({ latitude, longitude }: NonNullable<DeviceProfile['location']>): boolean {
  return Math.abs(latitude) < 0.01 && Math.abs(longitude) < 0.01;
}

interface Parts {
  readonly patternCount: number;
  readonly values: KnownValueSearch;
  readonly masked: XorSearch;
  /** Null when the profile does not say where the phone is. */
  readonly places: PlaceFinder | null;
  readonly structures: StructureFinder;
  readonly findingsMax: number;
}

const NOTHING: Detected = { detections: [], spans: [], gaps: [] };

class ProfileDetector implements Detector {
  readonly patternCount: number;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.patternCount = parts.patternCount;
    this.#parts = parts;
  }

  detectBody(
    { layers }: DecodedBody,
    about: { readonly direction: Direction; readonly place: 'body' | 'websocket'; readonly message: number | null },
  ): Detected {
    const found = this.#search(layers, null, about.direction);
    if (found.hits.length === 0) return NOTHING;
    const site: Site = { ...about, origin: 0, name: null };
    return this.#report(found, layers, () => site, about.place);
  }

  detectHead(decoded: DecodedHead, direction: Direction): Detected {
    const found = this.#search(decoded.layers, decoded.parts, direction);
    if (found.hits.length === 0) return NOTHING;
    return this.#report(found, decoded.layers, (hit) => headSite(decoded, hit, direction), 'head');
  }

  openStream({ direction }: { readonly direction: Direction; readonly place: 'body' }): DetectionStream {
    const { values, findingsMax } = this.#parts;
    return new StreamSearch(values, direction, findingsMax);
  }

  /** Known values first; forms and names count only in what the phone sends, for what it is sent is not collected. */
  #search(layers: readonly Layer[], parts: readonly HeadPart[] | null, direction: Direction): Found {
    const { values, masked, places, structures } = this.#parts;
    const { matches, passedOver } = values.search(layers, parts);
    const written =
      matches.length === 0 ? NONE : withoutRepeats(matches, layers).flatMap((match) => hitsOf(match, layers));
    const known = joined(written, masked.find(layers));
    const here = places === null ? NONE : places.find(layers);
    if (direction === 'response') return { hits: joined(known, here), passedOver };
    const taken = known.length + here.length === 0 ? NOWHERE : new Set([...known, ...here].map(fieldKey));
    const named = findNamedPlaces(layers).filter(
      (hit) => !taken.has(fieldKey(hit)) && !isSeenDeeper(hit, here, layers),
    );
    return { hits: joined(joined(known, here), joined(named, structures.find(layers, taken))), passedOver };
  }

  #report(found: Found, layers: readonly Layer[], siteOf: (hit: Hit) => Site, where: string): Detected {
    const limit = new FindingsLimit(this.#parts.findingsMax, found.passedOver);
    const taken: Hit[] = [];
    const left: Hit[] = [];
    const detections: Detection[] = [];
    for (const hit of found.hits) {
      const detection = detectionOf(hit, layers[hit.layer] as Layer, siteOf(hit));
      const takes = limit.takes(detection);
      (takes ? taken : left).push(hit);
      if (takes) detections.push(detection);
    }
    for (const hit of found.hits) if (hit.rest !== undefined) left.push({ ...hit, ...hit.rest });
    return { detections, spans: left.length === 0 ? taken : [...taken, ...left], gaps: limit.gaps([where]) };
  }
}

interface Found {
  readonly hits: readonly Hit[];
  readonly passedOver: number;
}

const NONE: readonly Hit[] = [];
const NOWHERE: ReadonlySet<string> = new Set();

/** Names the field of a hit among those of all layers. */
function fieldKey({ layer, field }: Hit): string {
  return `${layer}:${field?.start}`;
}

function joined(a: readonly Hit[], b: readonly Hit[]): readonly Hit[] {
  if (a.length === 0) return b;
  return b.length === 0 ? a : [...a, ...b];
}
