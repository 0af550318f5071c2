import type { Taxonomy } from '../model/data-type.ts';
import type { DeviceProfile } from '../model/device-profile.ts';
import type { Direction } from '../model/exchange.ts';
import type { Detection } from '../model/finding.ts';
import type { Gap } from '../model/gaps.ts';
import type { DecodedBody, DecodedHead, Field, HeadPart, Layer } from '../model/layer.ts';
import type { AuditLimits } from '../model/limits.ts';
import { detectionsOf, type Site } from './detection.ts';
import { fieldAround, type Match, valueSpan, withoutRepeats } from './match.ts';
import { generatePatterns } from './patterns/generate.ts';
import { knownValues } from './patterns/known-value.ts';
import type { Pattern } from './patterns/pattern.ts';
import { PATTERN_BYTES_MIN } from './scan/gram-index.ts';
import { Scanner } from './scan/scanner.ts';
import { standsAsValue } from './standing.ts';
import { type DetectionStream, StreamSearch } from './stream-search.ts';

export interface DetectorOptions {
  /** The app under test: brings the profile's values that only it sees, and its own id as a salt. */
  readonly app: string | null;
  readonly taxonomy: Taxonomy;
  readonly limits: AuditLimits;
}

/** What was found, and what was not recorded. */
export interface Detected {
  readonly detections: readonly Detection[];
  readonly gaps: readonly Gap[];
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

/** Makes the detector of one device and app. Costs some tens of milliseconds; make it once a capture. */
export function compileDetector(profile: DeviceProfile, options: DetectorOptions): Detector {
  const salts = options.app === null ? profile.salts : [...profile.salts, options.app];
  const patterns = generatePatterns(knownValues(profile, options.app), { salts });
  const scanned = patterns.filter(
    ({ bytes, standing }) => standing !== 'whole-field' && bytes.length >= PATTERN_BYTES_MIN,
  );
  const wholeFields = new Map<string, Pattern>();
  for (const pattern of patterns) {
    if (pattern.standing === 'whole-field' || pattern.bytes.length < PATTERN_BYTES_MIN) {
      wholeFields.set(Buffer.from(pattern.bytes).toString('latin1'), pattern);
    }
  }
  return new ProfileDetector(
    new Scanner(scanned.map(({ bytes }) => bytes)),
    scanned,
    wholeFields,
    patterns.length,
    options,
  );
}

const NOTHING: Detected = { detections: [], gaps: [] };

class ProfileDetector implements Detector {
  readonly patternCount: number;
  readonly #scanner: Scanner;
  readonly #scanned: readonly Pattern[];
  readonly #wholeFields: ReadonlyMap<string, Pattern>;
  readonly #options: DetectorOptions;

  constructor(
    scanner: Scanner,
    scanned: readonly Pattern[],
    wholeFields: ReadonlyMap<string, Pattern>,
    patternCount: number,
    options: DetectorOptions,
  ) {
    this.#scanner = scanner;
    this.#scanned = scanned;
    this.#wholeFields = wholeFields;
    this.#options = options;
    this.patternCount = patternCount;
  }

  detectBody(
    decoded: DecodedBody,
    about: { readonly direction: Direction; readonly place: 'body' | 'websocket'; readonly message: number | null },
  ): Detected {
    const matches = this.#matchesIn(decoded.layers, null);
    if (matches.length === 0) return NOTHING;
    const site: Site = { ...about, origin: 0, name: null };
    return this.#report(matches, decoded.layers, () => site, about.place);
  }

  detectHead(decoded: DecodedHead, direction: Direction): Detected {
    const matches = this.#matchesIn(decoded.layers, decoded.parts);
    if (matches.length === 0) return NOTHING;
    const siteOf = (match: Match): Site => {
      const part = partAt(decoded.parts, rootPosition(decoded.layers, match));
      const { place, name, start } = part ?? { place: 'header' as const, name: null, start: 0 };
      return { direction, place, name, message: null, origin: start };
    };
    return this.#report(matches, decoded.layers, siteOf, 'head');
  }

  openStream(about: { readonly direction: Direction; readonly place: 'body' }): DetectionStream {
    return new StreamSearch(this.#scanner, this.#scanned, about.direction, this.#options.limits.findingsMax);
  }

  /** Every match that stands where it counts; parts of a head do not run into each other. */
  #matchesIn(layers: readonly Layer[], parts: readonly HeadPart[] | null): readonly Match[] {
    let matches: Match[] | null = null;
    layers.forEach((layer, index) => {
      this.#scanner.searchWhole(layer.bytes, (number, start, bytes) => {
        const pattern = this.#scanned[number] as Pattern;
        const end = start + pattern.bytes.length;
        const part = index === 0 && parts !== null ? partAt(parts, start) : null;
        if (index === 0 && parts !== null && (part === null || end > part.end)) return;
        const field = fieldAround(layer, start, end);
        const value = field === null ? null : valueSpan(layer, field);
        const around = {
          bytes,
          low: part?.start ?? 0,
          high: part?.end ?? bytes.length,
          fieldStart: value?.start ?? -1,
          fieldEnd: value?.end ?? -1,
        };
        if (!standsAsValue(pattern, start, around)) return;
        matches ??= [];
        matches.push({ pattern, layer: index, start, end });
      });
      if (this.#wholeFields.size === 0) return;
      for (const field of layer.fields) {
        const { start, end } = valueSpan(layer, field);
        const pattern = this.#wholeFields.get(latin1Key(layer.bytes, start, end));
        if (pattern === undefined) continue;
        matches ??= [];
        matches.push({ pattern, layer: index, start, end });
      }
    });
    return matches ?? [];
  }

  #report(
    matches: readonly Match[],
    layers: readonly Layer[],
    siteOf: (match: Match) => Site,
    where: string,
  ): Detected {
    const detections: Detection[] = [];
    for (const match of withoutRepeats(matches, layers)) {
      const layer = layers[match.layer] as Layer;
      const site = siteOf(match);
      const field = fieldAround(layer, match.start, match.end);
      const start = match.layer === 0 ? match.start - site.origin : match.start;
      detections.push(
        ...detectionsOf(
          match.pattern,
          start,
          chainOf(layer, field, site, match.layer),
          fieldName(layer, field, site),
          site,
        ),
      );
    }
    return withinLimit(detections, this.#options.limits.findingsMax, where);
  }
}

/** Bytes of short fields as the map knows them: one character a byte. Long ones cannot be in it. */
function latin1Key(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > WHOLE_FIELD_BYTES_MAX) return '';
  let key = '';
  for (let i = start; i < end; i++) key += String.fromCharCode(bytes[i] as number);
  return key;
}

const WHOLE_FIELD_BYTES_MAX = 32;

function partAt(parts: readonly HeadPart[], position: number): HeadPart | null {
  for (const part of parts) if (position >= part.start && position < part.end) return part;
  return null;
}

/** Where in the first layer a match comes from. */
function rootPosition(layers: readonly Layer[], match: Match): number {
  let position = match.start;
  for (let layer = layers[match.layer] as Layer; layer.parent >= 0; layer = layers[layer.parent] as Layer) {
    position = layer.parentStart;
  }
  return position;
}

function chainOf(layer: Layer, field: Field | null, site: Site, index: number): readonly string[] {
  if (field !== null) return [...layer.chain, `${field.syntax}:${field.path}`];
  if (index === 0 && site.name !== null) return [`${site.place}:${site.name}`];
  return layer.chain;
}

/** The innermost named field: the one around the match, else the last that the chain went through, else the header's name. */
function fieldName(layer: Layer, field: Field | null, site: Site): string | null {
  if (field !== null) return field.path;
  for (let i = layer.chain.length - 1; i >= 0; i--) {
    const step = layer.chain[i] as string;
    const colon = step.indexOf(':');
    if (colon > 0) return step.slice(colon + 1);
  }
  return site.name;
}

/** Keeps the first of every kind and as many more as the limit allows; what is left out is repetition, and said. */
function withinLimit(detections: readonly Detection[], max: number, where: string): Detected {
  if (detections.length <= max) return { detections, gaps: [] };
  const seen = new Set<string>();
  const isFirst = detections.map(({ dataType, valueIndex, transform }) => {
    const kind = `${dataType}/${valueIndex}/${transform}`;
    return !seen.has(kind) && seen.add(kind) !== null;
  });
  let room = Math.max(0, max - seen.size);
  const kept = detections.filter((_, index) => isFirst[index] || room-- > 0);
  const detail = `${detections.length - kept.length} of ${detections.length} findings not recorded`;
  return { detections: kept, gaps: [{ kind: 'limit-findings', at: [where], bytesUnread: 0, detail }] };
}
