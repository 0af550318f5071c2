import type { Field, Layer } from '../../model/layer.ts';
import type { Hit } from '../hit.ts';
import { fieldAround } from '../match.ts';
import { bd09FromGcj02, bd09McFromBd09, gcj02FromWgs84, type Point } from './datum.ts';
import { FractionTable } from './fraction-table.ts';
import { type GridCode, GridCodes } from './grid-codes.ts';
import { type TakeNumeral, takeNumerals } from './numerals.ts';
import { takeAngles } from './sexagesimal.ts';
import { WantedNumbers } from './wanted-numbers.ts';

/** A number that stands in a layer: see {@link takeNumerals}. */
interface Numeral {
  readonly value: number;
  readonly decimals: number;
  readonly start: number;
  readonly end: number;
  readonly field: Field | null;
  readonly order: number;
}

/** A way to write the phone's position: a coordinate system, and what its numbers are multiplied by. */
interface Writing {
  readonly name: string;
  readonly point: Point;
  /** How far a number may be off, beside the rounding of its decimals. */
  readonly tolerance: number;
  /** Whole numbers only. */
  readonly scaled: boolean;
  /** Metres instead of degrees: millions of them, so that nothing else looks the same. */
  readonly metres: boolean;
}

/** Metres that a still phone's readings wander; the coordinate systems of China lie 265 m and more apart. */
const WANDER_METRES = 130;
const METRES_A_DEGREE = 111_320;
const DEGREES = WANDER_METRES / METRES_A_DEGREE;

/** A pair without telling names must have at least so many decimals: 100 m. */
const DECIMALS_MIN = 3;
/** The larger of two whole numbers must have seven digits: smaller ones are counts. */
const WHOLE_MIN = 1e6;
/** Numbers between the two of a pair. */
const DISTANCE_MAX = 3;

/** From two decimals on an area is below 3 km², which is "precise" in China and on Google Play alike. */
export const PRECISE_DECIMALS_MIN = 2;

/** Finds the phone's own position in numbers that stand near each other, whatever they are called. */
export class PlaceFinder {
  readonly #writings: readonly Writing[];
  readonly #position: Point;
  readonly #fractions: FractionTable;
  readonly #wanted: WantedNumbers;
  readonly #codes: GridCodes;

  constructor(position: Point) {
    this.#position = position;
    const gcj = gcj02FromWgs84(position);
    const bd = bd09FromGcj02(gcj);
    const degrees: readonly (readonly [string, Point])[] = [
      ['wgs-84', position],
      ['gcj-02', gcj],
      ['bd-09ll', bd],
    ];
    this.#codes = new GridCodes(degrees, DEGREES);
    this.#writings = [
      ...degrees.map(([name, point]) => ({ name, point, tolerance: DEGREES, scaled: false, metres: false })),
      ...degrees.flatMap(([name, point]) =>
        [5, 6, 7].map((power) => {
          const scale = 10 ** power;
          const scaledPoint = { latitude: point.latitude * scale, longitude: point.longitude * scale };
          return {
            name: `${name}-e${power}`,
            point: scaledPoint,
            tolerance: DEGREES * scale,
            scaled: true,
            metres: false,
          };
        }),
      ),
      // Mercator metres stretch with latitude, so that they wander a little more.
      ...[true, false].map((scaled) => ({
        name: 'bd-09mc',
        point: bd09McFromBd09(bd),
        tolerance: WANDER_METRES * 1.5,
        scaled,
        metres: true,
      })),
    ];
    const coordinates = (scaled: boolean, rounding: number) =>
      this.#writings
        .filter((writing) => writing.scaled === scaled)
        .flatMap(({ point, tolerance }) =>
          AXES.map((axis) => ({ value: point[axis], tolerance: tolerance + rounding })),
        );
    this.#wanted = new WantedNumbers(coordinates(true, 0), coordinates(false, ROUNDING_MAX));
    this.#fractions = new FractionTable(coordinates(false, 0));
  }

  find(layers: readonly Layer[]): readonly Hit[] {
    let hits: Hit[] = NONE;
    const opened = openedLayers(layers);
    for (let index = 0; index < layers.length; index++) {
      if (opened?.[index] === 1) continue;
      const layer = layers[index] as Layer;
      for (const near of [this.#nearIn(layer), this.#anglesIn(layer)]) {
        if (near.length < 2) continue;
        for (const [a, b, writing] of pairsOf(near, layer)) {
          if (hits === NONE) hits = [];
          hits.push(this.#hit(index, a, b, writing));
        }
      }
      for (const code of this.#codes.find(layer)) {
        if (hits === NONE) hits = [];
        hits.push(this.#codeHit(index, code));
      }
    }
    return hits.length < 2 ? hits : hits.filter((hit) => !isSeenDeeper(hit, hits, layers));
  }

  /** The numbers of a layer, in digits or binary, that may be a coordinate of the phone. */
  #nearIn(layer: Layer): readonly Near[] {
    return this.#gathered(layer, (take) => takeNumerals(layer, this.#wanted, this.#fractions, take));
  }

  /** The same of angles in degrees, minutes and seconds. */
  #anglesIn(layer: Layer): readonly Near[] {
    let order = 0;
    return this.#gathered(layer, (take) =>
      takeAngles(layer, (value, decimals, start, end) => take(value, decimals, start, end, order++)),
    );
  }

  #gathered(layer: Layer, read: (take: TakeNumeral) => void): readonly Near[] {
    let near: Near[] = NOTHING_NEAR;
    read((value, decimals, start, end, order) => {
      const meanings = this.#meaningsOf(value, decimals);
      if (meanings === null) return;
      if (near === NOTHING_NEAR) near = [];
      const field = fieldAround(layer, start, end);
      near.push({ numeral: { value, decimals, start, end, field, order }, meanings });
    });
    return near;
  }

  /** The coordinates of the phone that a number may be; null for nearly every number. */
  #meaningsOf(value: number, decimals: number): readonly Meaning[] | null {
    if (!this.#wanted.isNear(value, decimals)) return null;
    let meanings: Meaning[] | null = null;
    for (const writing of this.#writings) {
      if (writing.scaled !== (decimals === 0)) continue;
      const rounding = decimals > 0 && decimals < 6 ? 0.5 * 10 ** -decimals : 0;
      const slack = writing.tolerance + rounding;
      for (const axis of AXES) {
        const off = Math.abs(value - writing.point[axis]);
        if (off > slack) continue;
        meanings ??= [];
        // What rounding hides tells no coordinate system from another: then the first is meant.
        meanings.push({ writing, axis, off: Math.max(0, off - rounding) / writing.tolerance });
      }
    }
    return meanings;
  }

  #codeHit(layer: number, { field, start, end, transform, precise }: GridCode): Hit {
    return {
      layer,
      field,
      start,
      end,
      dataType: precise ? 'location_precise' : 'location_coarse',
      valueIndex: 0,
      transform,
      match: 'known-value',
      value: `${this.#position.latitude},${this.#position.longitude}`,
    };
  }

  #hit(layer: number, a: Numeral, b: Numeral, { name, scaled, metres }: Writing): Hit {
    const decimals = scaled || metres ? PRECISE_DECIMALS_MIN : Math.min(a.decimals, b.decimals);
    const sameField = a.field === b.field;
    return {
      layer,
      field: a.field,
      start: a.start,
      end: sameField ? b.end : a.end,
      ...(sameField ? {} : { rest: { start: b.start, end: b.end } }),
      dataType: decimals >= PRECISE_DECIMALS_MIN ? 'location_precise' : 'location_coarse',
      valueIndex: 0,
      transform: name,
      match: 'known-value',
      value: `${this.#position.latitude},${this.#position.longitude}`,
    };
  }
}

/** A text that was decoded into a layer of its own is read there too; that reading proves its way and stays. */
export function isSeenDeeper({ layer, start, end }: Hit, hits: readonly Hit[], layers: readonly Layer[]): boolean {
  return hits.some((other) => {
    const child = layers[other.layer] as Layer;
    return child.parent === layer && child.parentStart < end && start < child.parentEnd;
  });
}

const AXES = ['latitude', 'longitude'] as const;
const NONE: Hit[] = [];
const NOTHING_NEAR: Near[] = [];

/** What one decimal's rounding adds, in degrees. */
const ROUNDING_MAX = 0.06;

/** Layers that were decoded as a whole, so that whatever they hold stands in what came out; null for none. */
function openedLayers(layers: readonly Layer[]): Uint8Array | null {
  if (layers.length < 2) return null;
  const opened = new Uint8Array(layers.length);
  for (const { parent, parentStart, parentEnd } of layers) {
    if (parent >= 0 && parentStart === 0 && parentEnd === (layers[parent] as Layer).bytes.length) opened[parent] = 1;
  }
  return opened;
}

interface Meaning {
  readonly writing: Writing;
  readonly axis: (typeof AXES)[number];
  readonly off: number;
}

interface Near {
  readonly numeral: Numeral;
  readonly meanings: readonly Meaning[];
}

/** Numbers near each other that are the two coordinates of the same writing; of several writings the closest. */
function* pairsOf(near: readonly Near[], layer: Layer): Generator<readonly [Numeral, Numeral, Writing]> {
  // A binary number is read in several ways; by its place it is one.
  const used = new Set<number>();
  for (let i = 0; i < near.length; i++) {
    const a = near[i] as Near;
    for (let j = i + 1; j < near.length; j++) {
      const b = near[j] as Near;
      if (b.numeral.order - a.numeral.order > DISTANCE_MAX) break;
      if (used.has(a.numeral.start) || used.has(b.numeral.start)) continue;
      const writing = closestShared(a, b);
      if (writing === null || !(writing.metres || isTelling(a.numeral, b.numeral, writing, layer))) continue;
      used.add(a.numeral.start).add(b.numeral.start);
      yield [a.numeral, b.numeral, writing];
    }
  }
}

function closestShared(a: Near, b: Near): Writing | null {
  let best: Writing | null = null;
  let bestOff = Number.POSITIVE_INFINITY;
  for (const one of a.meanings) {
    for (const other of b.meanings) {
      if (one.writing !== other.writing || one.axis === other.axis) continue;
      const off = one.off + other.off;
      if (off < bestOff) [best, bestOff] = [one.writing, off];
    }
  }
  return best;
}

/** Few digits are near anything: then the names must say what the numbers are, and small whole numbers never do. */
function isTelling(a: Numeral, b: Numeral, { scaled }: Writing, layer: Layer): boolean {
  if (scaled) return Math.max(Math.abs(a.value), Math.abs(b.value)) >= WHOLE_MIN;
  return Math.min(a.decimals, b.decimals) >= DECIMALS_MIN || (isNamed(a.field, layer) && isNamed(b.field, layer));
}

/** Whether the name of a field says that it holds a place; of a value that fills a layer, the name that led there. */
function isNamed(field: Field | null, { chain }: Layer): boolean {
  const name = field?.path ?? chain.findLast((step) => step.includes(':')) ?? '';
  return PLACE_NAME.test(name.replace(/#\d+$/, ''));
}

const PLACE_NAME =
  /(?:^|[.:@$_-]|[a-z](?=L))(?:lat|latitude|lng|lon|long|longitude|location|loc|gps|geo|coord\w*|latlng|lnglat|latlon|lbs|ll|pos|position|point)\w{0,3}(?:\.\d+)?$/i;
