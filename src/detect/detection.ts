import type { Direction } from '../model/exchange.ts';
import type { Detection, Place } from '../model/finding.ts';
import type { DecodedHead, Field, HeadPart, Layer } from '../model/layer.ts';
import type { Hit } from './hit.ts';
import type { Match } from './match.ts';
import { fieldAround } from './match.ts';

/** Where a hit's layer came from: what a {@link Detection} says beside the hit itself. */
export interface Site {
  readonly direction: Direction;
  readonly place: Place;
  readonly message: number | null;
  /** Where offsets in the first layer count from. */
  readonly origin: number;
  /** Name of the header, for hits outside any field. */
  readonly name: string | null;
}

/** One hit for each data type and value that a match's bytes give away. */
export function hitsOf({ pattern, layer, start, end }: Match, layers: readonly Layer[]): readonly Hit[] {
  const field = layers[layer] === undefined ? null : fieldAround(layers[layer], start, end);
  return pattern.meanings.map(({ dataType, valueIndex, value, transform }) => ({
    layer,
    field,
    start,
    end,
    dataType,
    valueIndex,
    transform,
    match: 'known-value',
    value,
  }));
}

export function detectionOf(hit: Hit, layer: Layer, site: Site): Detection {
  const { dataType, valueIndex, transform, match, value, field } = hit;
  const offset = hit.layer === 0 ? hit.start - site.origin : hit.start;
  return {
    dataType,
    valueIndex,
    direction: site.direction,
    place: site.place,
    field: fieldName(layer, field, site),
    decodeChain: chainOf(layer, field, site),
    offset,
    length: hit.end - hit.start,
    transform,
    match,
    value,
    message: site.message,
  };
}

/** The part of the head that a hit's layer was decoded from. */
export function headSite(decoded: DecodedHead, hit: Hit, direction: Direction): Site {
  let position = hit.start;
  for (let at = decoded.layers[hit.layer] as Layer; at.parent >= 0; at = decoded.layers[at.parent] as Layer) {
    position = at.parentStart;
  }
  const { place, name, start } = partAt(decoded.parts, position) ?? { place: 'header' as const, name: null, start: 0 };
  return { direction, place, name, message: null, origin: start };
}

export function partAt(parts: readonly HeadPart[], position: number): HeadPart | null {
  for (const part of parts) if (position >= part.start && position < part.end) return part;
  return null;
}

function chainOf(layer: Layer, field: Field | null, site: Site): readonly string[] {
  if (field !== null) return layer.chain.length === 0 ? fieldChain(field) : [...layer.chain, stepOf(field)];
  if (layer.chain.length === 0 && site.name !== null) return [`${site.place}:${site.name}`];
  return layer.chain;
}

/** Chains of one step, by their field's path: reports name the same few. */
const FIELD_CHAINS = new Map<string, { readonly syntax: string; readonly chain: readonly string[] }>();
const FIELD_CHAINS_MAX = 2_000;
/** Longer paths are not kept. */
const PATH_CHARACTERS_MAX = 500;

function fieldChain(field: Field): readonly string[] {
  const known = FIELD_CHAINS.get(field.path);
  if (known !== undefined && known.syntax === field.syntax) return known.chain;
  const chain = [stepOf(field)];
  if (field.path.length > PATH_CHARACTERS_MAX) return chain;
  if (FIELD_CHAINS.size >= FIELD_CHAINS_MAX) FIELD_CHAINS.clear();
  FIELD_CHAINS.set(field.path, { syntax: field.syntax, chain });
  return chain;
}

function stepOf({ syntax, path }: Field): string {
  return `${syntax}:${path}`;
}

/** The innermost named field: the one around the hit, else the last that the chain went through, else the header's name. */
function fieldName(layer: Layer, field: Field | null, site: Site): string | null {
  if (field !== null) return field.path;
  for (let i = layer.chain.length - 1; i >= 0; i--) {
    const step = layer.chain[i] as string;
    const colon = step.indexOf(':');
    // A part of a text has a number, but no name.
    if (colon > 0 && !/^(?:part|list):/.test(step)) return step.slice(colon + 1);
  }
  return site.name;
}
