import { readFileSync, statSync } from 'node:fs';
import type { DeviceProfile } from '../model/device-profile.ts';
import { operatorError, TelltaleError, unreadableFile } from '../model/errors.ts';
import { jsonErrorAt } from './json-error-at.ts';
import { nearestName } from './nearest-name.ts';

/** For captures without a profile: nothing is known, so only self-checking forms can be found. */
export const NO_DEVICE: DeviceProfile = {
  name: 'unknown device',
  platform: 'other',
  identifiers: {},
  perApp: {},
  location: null,
  salts: [],
};

const PLATFORMS = ['android', 'ios', 'harmonyos', 'other'] as const satisfies readonly DeviceProfile['platform'][];
const KEYS = ['name', 'platform', 'identifiers', 'per_app', 'location', 'salts'];

const fileBytesMax = 1024 * 1024;
const valuesMax = 200;
const valueCharactersMax = 1024;

/**
 * Reads a device profile (docs/device-profile.md).
 *
 * @param knownDataTypes the ids that `identifiers` may use as keys.
 * @throws TelltaleError `file-unreadable`, or `input-invalid` with the first wrong place. No message holds a value of the file.
 */
export function readDeviceProfile(path: string, knownDataTypes: ReadonlySet<string>): DeviceProfile {
  return parseDeviceProfile(readText(path), path, knownDataTypes);
}

/** As {@link readDeviceProfile}, of a text that was read already; `path` is for messages only. */
export function parseDeviceProfile(text: string, path: string, knownDataTypes: ReadonlySet<string>): DeviceProfile {
  const reader = new ProfileReader(path, knownDataTypes);
  return reader.read(text.replace(/^\ufeff/, ''));
}

function readText(path: string): string {
  try {
    if (statSync(path).size > fileBytesMax)
      throw operatorError('input-invalid', { path, place: 'file', expected: `expected at most ${fileBytesMax} bytes` });
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof TelltaleError) throw error;
    throw unreadableFile(path, error);
  }
}

/** Walks the JSON of one file; every method throws at the first wrong place. */
class ProfileReader {
  readonly #path: string;
  readonly #knownDataTypes: ReadonlySet<string>;

  constructor(path: string, knownDataTypes: ReadonlySet<string>) {
    this.#path = path;
    this.#knownDataTypes = knownDataTypes;
  }

  read(text: string): DeviceProfile {
    const root = this.#object(this.#json(text), 'top level');
    for (const key of Object.keys(root)) {
      if (!KEYS.includes(key)) this.#wrong(key, `expected one of the keys ${KEYS.join(', ')}${didYouMean(key, KEYS)}`);
    }
    return {
      name: this.#name(root['name']),
      platform: this.#platform(root['platform']),
      identifiers: root['identifiers'] === undefined ? {} : this.#identifiers(root['identifiers'], 'identifiers'),
      perApp: this.#perApp(root['per_app']),
      location: this.#location(root['location']),
      salts: root['salts'] === undefined ? [] : this.#texts(root['salts'], 'salts'),
    };
  }

  #json(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      // The engine's own message quotes the file, which holds identifiers: only the place is passed on.
      const { line, column } = jsonErrorAt(text);
      return this.#wrong(`line ${line}, column ${column}`, 'expected valid JSON');
    }
  }

  #name(value: unknown): string {
    if (typeof value === 'string' && value.trim() !== '' && value.length <= valueCharactersMax) return value;
    return this.#wrong('name', 'expected a text such as "redmi-k40"');
  }

  #platform(value: unknown): DeviceProfile['platform'] {
    if (value === undefined) return 'other';
    const platform = PLATFORMS.find((known) => known === value);
    return platform ?? this.#wrong('platform', `expected one of ${PLATFORMS.join(', ')}`);
  }

  #identifiers(value: unknown, place: string): Record<string, readonly string[]> {
    const entries = Object.entries(this.#object(value, place)).map(([id, values]) => {
      if (!this.#knownDataTypes.has(id)) {
        const hint = didYouMean(id, [...this.#knownDataTypes]);
        this.#wrong(`${place}.${id}`, `expected a data type such as imei${hint}`);
      }
      return [id, this.#texts(values, `${place}.${id}`)] as const;
    });
    return Object.fromEntries(entries);
  }

  #perApp(value: unknown): DeviceProfile['perApp'] {
    if (value === undefined) return {};
    const entries = Object.entries(this.#object(value, 'per_app')).map(
      ([app, identifiers]) => [app, this.#identifiers(identifiers, `per_app.${app}`)] as const,
    );
    return Object.fromEntries(entries);
  }

  #location(value: unknown): DeviceProfile['location'] {
    if (value === undefined || value === null) return null;
    const location = this.#object(value, 'location');
    for (const key of Object.keys(location)) {
      if (key !== 'latitude' && key !== 'longitude')
        this.#wrong(`location.${key}`, 'expected only latitude and longitude');
    }
    return {
      latitude: this.#degrees(location['latitude'], 'latitude', 90),
      longitude: this.#degrees(location['longitude'], 'longitude', 180),
    };
  }

  #degrees(value: unknown, key: string, most: number): number {
    if (typeof value === 'number' && Math.abs(value) <= most) return value;
    return this.#wrong(`location.${key}`, `expected a number of WGS-84 degrees from ${-most} to ${most}`);
  }

  #texts(value: unknown, place: string): readonly string[] {
    if (!Array.isArray(value)) return this.#wrong(place, 'expected a list of texts such as ["…"]');
    if (value.length > valuesMax) return this.#wrong(place, `expected at most ${valuesMax} values`);
    return value.map((text: unknown, index) => {
      if (typeof text !== 'string')
        return this.#wrong(`${place}.${index}`, `expected a text in quotes, not ${kindOf(text)}`);
      // An empty value would be "found" everywhere.
      if (text.trim() === '') return this.#wrong(`${place}.${index}`, 'expected a value, not an empty text');
      if (text.length > valueCharactersMax)
        return this.#wrong(`${place}.${index}`, `expected at most ${valueCharactersMax} characters`);
      return text;
    });
  }

  #object(value: unknown, place: string): Readonly<Record<string, unknown>> {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    return this.#wrong(place, `expected a JSON object, not ${kindOf(value)}`);
  }

  #wrong(place: string, expected: string): never {
    throw operatorError('input-invalid', { path: this.#path, place, expected });
  }
}

function didYouMean(written: string, known: readonly string[]): string {
  const nearest = nearestName(written, known);
  return nearest === null ? '' : ` (did you mean ${nearest}?)`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
