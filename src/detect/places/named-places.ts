import type { Field, Layer } from '../../model/layer.ts';
import type { Hit } from '../hit.ts';
import { isThroughCodec, valueSpan } from '../match.ts';
import { PRECISE_DECIMALS_MIN } from './find-places.ts';

const LATITUDE = /(?:^|[._$-]|[a-z](?=L))(?:lat|latitude)$/i;
const LONGITUDE = /(?:^|[._$-]|[a-z](?=L))(?:lng|lon|long|longitude)$/i;
const PAIR = /^(-?\d{1,3}\.\d{1,17})\s*[,;|_ x]\s*(-?\d{1,3}\.\d{1,17})$/;
const PAIR_NAME =
  /(?:^|[._$-]|[a-z](?=[A-Z]))(?:location|latlng|lnglat|gps|coord|coordinate|coordinates|lbs|geo|position|loc)$/i;

/** Paths whose kind is remembered; traffic repeats the same few. */
const REMEMBERED_MAX = 20_000;

type NameKind = 'latitude' | 'longitude' | 'pair' | 'other';
const kinds = new Map<string, NameKind>();

function kindOf(path: string): NameKind {
  const known = kinds.get(path);
  if (known !== undefined) return known;
  if (kinds.size >= REMEMBERED_MAX) kinds.clear();
  const kind = LATITUDE.test(path)
    ? 'latitude'
    : LONGITUDE.test(path)
      ? 'longitude'
      : PAIR_NAME.test(path)
        ? 'pair'
        : 'other';
  kinds.set(path, kind);
  return kind;
}

/** Positions that their fields' names give away, wherever they are: latitude and longitude beside each other, or a named pair. */
export function findNamedPlaces(layers: readonly Layer[]): readonly Hit[] {
  let hits = NONE;
  for (let index = 0; index < layers.length; index++) {
    const layer = layers[index] as Layer;
    const { fields } = layer;
    if (isThroughCodec(layer)) continue;
    let latitude: Field | null = null;
    let longitude: Field | null = null;
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as Field;
      if (!mayBeNumbers(field)) continue;
      const kind = kindOf(field.path);
      if (kind === 'other') continue;
      if (kind === 'latitude') latitude = field;
      else if (kind === 'longitude') longitude = field;
      const found = kind === 'pair' ? pairIn(field) : besideEachOther(latitude, longitude);
      if (found === null) continue;
      if (kind !== 'pair') {
        latitude = null;
        longitude = null;
      }
      if (found.place === null) continue;
      if (hits === NONE) hits = [];
      hits.push(hitOf(index, layer, found, found.place));
    }
  }
  return hits;
}

const NONE: Hit[] = [];

function mayBeNumbers({ text, syntax }: Field): boolean {
  if (text === null || text.length > 60) return false;
  const start = text.charCodeAt(0);
  if (!((start >= 48 && start <= 57) || start === MINUS)) return false;
  // Degrees have three digits at most in front of their point.
  const point = text.indexOf('.');
  return point > 0 && point <= (start === MINUS ? 4 : 3) && syntax !== 'path';
}

const MINUS = 45;

interface Found {
  readonly field: Field;
  /** The field of the second number; null when one holds both. */
  readonly other: Field | null;
  readonly place: Place | null;
}

function pairIn(field: Field): Found | null {
  const pair = PAIR.exec(field.text as string);
  if (pair === null) return null;
  const [, one, other] = pair as unknown as [string, string, string];
  return { field, other: null, place: placeOf(one, other) ?? placeOf(other, one) };
}

function besideEachOther(latitude: Field | null, longitude: Field | null): Found | null {
  if (latitude === null || longitude === null || parentOf(latitude) !== parentOf(longitude)) return null;
  const [field, other] = latitude.start < longitude.start ? [latitude, longitude] : [longitude, latitude];
  return { field, other, place: placeOf(latitude.text as string, longitude.text as string) };
}

interface Place {
  readonly value: string;
  readonly decimals: number;
}

/** Null for what systems answer when they have no position (0, -1, 4.9E-324), and for numbers that are none. */
function placeOf(latitude: string, longitude: string): Place | null {
  if (!/^-?\d{1,2}\.\d{1,17}$/.test(latitude) || !/^-?\d{1,3}\.\d{1,17}$/.test(longitude)) return null;
  const [north, east] = [Number(latitude), Number(longitude)];
  if (Math.abs(north) > 90 || Math.abs(east) > 180) return null;
  if ((Math.abs(north) < 0.01 && Math.abs(east) < 0.01) || (north === -1 && east === -1)) return null;
  const decimals = Math.min(...[latitude, longitude].map((text) => text.length - text.indexOf('.') - 1));
  return { value: `${latitude},${longitude}`, decimals };
}

function hitOf(index: number, layer: Layer, { field, other }: Found, { value, decimals }: Place): Hit {
  const dataType = decimals >= PRECISE_DECIMALS_MIN ? 'location_precise' : 'location_coarse';
  const { start, end } = valueSpan(layer, field);
  const rest = other === null ? {} : { rest: valueSpan(layer, other) };
  const how = { valueIndex: null, transform: 'plain', match: 'structure' } as const;
  return { layer: index, field, start, end, ...rest, dataType, ...how, value };
}

function parentOf({ path }: Field): string {
  const cut = path.lastIndexOf('.');
  return cut === -1 ? '' : path.slice(0, cut);
}
