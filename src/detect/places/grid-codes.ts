import type { Field, Layer } from '../../model/layer.ts';
import type { Point } from './datum.ts';

/** A code of a cell in which the phone stands. */
export interface GridCode {
  readonly field: Field;
  readonly start: number;
  readonly end: number;
  /** `geohash` or `plus-code`, and the coordinate system that its cell is of. */
  readonly transform: string;
  /** Whether the cell is smaller than 3 km². */
  readonly precise: boolean;
}

interface Cell {
  readonly center: Point;
  /** Degrees. */
  readonly height: number;
  readonly width: number;
}

const GEOHASH_DIGITS = '0123456789bcdefghjkmnpqrstuvwxyz';
const PLUS_CODE_DIGITS = '23456789CFGHJMPQRVWX';
/** Five characters are 24 km² and 25 bits: only under a name that says so. Seven are told wherever they fill a field. */
const NAMED_GEOHASH_MIN = 5;
const GEOHASH_MIN = 7;
const GEOHASH_MAX = 12;
const GEOHASH_NAME = /geo_?hash|(?:^|[._-])(?:gh|geo|hash)$/i;
/** Shorter cells of a geohash are larger than 3 km². */
const PRECISE_GEOHASH_MIN = 6;
const PLUS_CODE = /^[23456789CFGHJMPQRVWX]{8}\+(?:[23456789CFGHJMPQRVWX]{2,7})?$/i;
const PLUS_CODE_MAX = 16;
const PLUS = 0x2b;

/** Finds fields that are a geohash or a full Plus Code of where the phone is, in any of the coordinate systems. */
export class GridCodes {
  readonly #points: readonly (readonly [name: string, point: Point])[];
  readonly #slack: number;
  /** First characters of the cells around: nearly every field is told by them to be none. */
  readonly #firsts = new Uint8Array(256);

  /** @param slack degrees that a position may wander. */
  constructor(points: readonly (readonly [name: string, point: Point])[], slack: number) {
    this.#points = points;
    this.#slack = slack;
    for (const [, { latitude, longitude }] of points) {
      for (const north of [-slack, slack]) {
        for (const east of [-slack, slack]) {
          const near = { latitude: latitude + north, longitude: longitude + east };
          for (const text of [firstOfGeohash(near), firstOfPlusCode(near), firstOfPlusCode(near).toLowerCase()])
            this.#firsts[text.charCodeAt(0)] = 1;
        }
      }
    }
  }

  find({ fields }: Layer): readonly GridCode[] {
    let found = NONE;
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as Field;
      const { text } = field;
      if (text === null || text.length < NAMED_GEOHASH_MIN || text.length > PLUS_CODE_MAX) continue;
      if (this.#firsts[text.charCodeAt(0)] !== 1) continue;
      const code = this.#codeOf(text, field);
      if (code === null) continue;
      if (found === NONE) found = [];
      found.push(code);
    }
    return found;
  }

  #codeOf(text: string, field: Field): GridCode | null {
    const isPlusCode = text.charCodeAt(8) === PLUS && PLUS_CODE.test(text);
    const min = GEOHASH_NAME.test(field.path) ? NAMED_GEOHASH_MIN : GEOHASH_MIN;
    if (!isPlusCode && (text.length < min || text.length > GEOHASH_MAX)) return null;
    const cell = isPlusCode ? cellOfPlusCode(text.toUpperCase()) : cellOfGeohash(text.toLowerCase());
    const name = cell === null ? null : this.#systemOf(cell);
    if (name === null) return null;
    const { start, end } = field;
    const transform = `${isPlusCode ? 'plus-code' : 'geohash'}(${name})`;
    return { field, start, end, transform, precise: isPlusCode || text.length >= PRECISE_GEOHASH_MIN };
  }

  /** The system in which the phone is in a cell or nearest to it. What a large cell hides tells none from another: then the first is meant. */
  #systemOf({ center, height, width }: Cell): string | null {
    let best: string | null = null;
    let bestOff = 2 * this.#slack;
    for (const [name, { latitude, longitude }] of this.#points) {
      const north = Math.max(0, Math.abs(latitude - center.latitude) - height / 2);
      const east = Math.max(0, Math.abs(longitude - center.longitude) - width / 2);
      if (north > this.#slack || east > this.#slack || north + east >= bestOff) continue;
      [best, bestOff] = [name, north + east];
    }
    return best;
  }
}

const NONE: GridCode[] = [];

/** The cell of a geohash: bits of longitude and latitude in turns, five a character; null for other text. */
function cellOfGeohash(text: string): Cell | null {
  const [low, high] = [
    [-180, -90],
    [180, 90],
  ] as [[number, number], [number, number]];
  let axis = 0;
  for (const character of text) {
    const digit = GEOHASH_DIGITS.indexOf(character);
    if (digit < 0) return null;
    for (let bit = 4; bit >= 0; bit--, axis ^= 1) {
      const middle = ((low[axis] as number) + (high[axis] as number)) / 2;
      ((digit >> bit) & 1 ? low : high)[axis] = middle;
    }
  }
  return {
    center: { longitude: (low[0] + high[0]) / 2, latitude: (low[1] + high[1]) / 2 },
    width: high[0] - low[0],
    height: high[1] - low[1],
  };
}

/** The cell of a full Plus Code (Open Location Code): five pairs in base 20, then digits of a grid of four columns and five rows. */
function cellOfPlusCode(text: string): Cell {
  const digits = [...text.replace('+', '')].map((digit) => PLUS_CODE_DIGITS.indexOf(digit));
  let [south, west, height, width] = [-90, -180, 400, 400];
  for (let i = 0; i < Math.min(10, digits.length); i += 2) {
    height /= 20;
    width /= 20;
    south += (digits[i] as number) * height;
    west += (digits[i + 1] as number) * width;
  }
  for (const digit of digits.slice(10)) {
    height /= 5;
    width /= 4;
    south += Math.floor(digit / 4) * height;
    west += (digit % 4) * width;
  }
  return { center: { latitude: south + height / 2, longitude: west + width / 2 }, height, width };
}

function firstOfGeohash({ latitude, longitude }: Point): string {
  const east = Math.min(7, Math.floor((longitude + 180) / 45));
  const north = Math.min(3, Math.floor((latitude + 90) / 45));
  const bit = (value: number, at: number) => (value >> at) & 1;
  const digit = (bit(east, 2) << 4) | (bit(north, 1) << 3) | (bit(east, 1) << 2) | (bit(north, 0) << 1) | bit(east, 0);
  return GEOHASH_DIGITS.charAt(digit);
}

function firstOfPlusCode({ latitude }: Point): string {
  return PLUS_CODE_DIGITS.charAt(Math.floor((latitude + 90) / 20));
}
