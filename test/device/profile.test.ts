import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_DEVICE, parseDeviceProfile, readDeviceProfile } from '../../src/device/profile.ts';
import { TelltaleError } from '../../src/model/errors.ts';

const known = new Set(['imei', 'imsi', 'android_id', 'mac_address', 'oaid', 'serial_number', 'phone_number', 'idfa']);

const whole = {
  name: 'redmi-k40',
  platform: 'android',
  identifiers: { imei: ['867532051234567'], mac_address: ['a4:50:46:1b:2c:3d'] },
  per_app: { 'com.example.shop': { android_id: ['9f8e7d6c5b4a3921'] } },
  location: { latitude: 22.5431, longitude: 114.0579 },
  salts: ['pepper-'],
};

function parse(value: unknown) {
  return parseDeviceProfile(typeof value === 'string' ? value : JSON.stringify(value), 'pixel.json', known);
}

function errorOf(value: unknown): string {
  try {
    parse(value);
  } catch (error) {
    if (error instanceof TelltaleError) return error.message;
    throw error;
  }
  return 'no error';
}

describe('A device profile', () => {
  it('is read whole', () => {
    expect(parse(whole)).toEqual({
      name: 'redmi-k40',
      platform: 'android',
      identifiers: whole.identifiers,
      perApp: whole.per_app,
      location: whole.location,
      salts: ['pepper-'],
    });
  });

  it('needs a name only', () => {
    expect(parse({ name: 'bare' })).toEqual({ ...NO_DEVICE, name: 'bare' });
  });

  it('may start with a byte order mark', () => {
    expect(parse(`\ufeff${JSON.stringify({ name: 'bom' })}`).name).toBe('bom');
  });

  it.each([
    [
      { ...whole, identifiers: { imie: ['1'] } },
      'identifiers.imie: expected a data type such as imei (did you mean imei?).',
    ],
    [
      { ...whole, identifiers: { androidId: ['1'] } },
      'identifiers.androidId: expected a data type such as imei (did you mean android_id?).',
    ],
    [
      { ...whole, identifiers: { mac: ['1'] } },
      'identifiers.mac: expected a data type such as imei (did you mean mac_address?).',
    ],
    [{ ...whole, identifiers: { shoe_size: ['44'] } }, 'identifiers.shoe_size: expected a data type such as imei.'],
    ['{"name":"x","identifiers":{"__proto__":["1"]}}', 'identifiers.__proto__: expected a data type such as imei.'],
    [
      { ...whole, identifiers: { imei: '867532051234567' } },
      'identifiers.imei: expected a list of texts such as ["…"].',
    ],
    [
      { ...whole, identifiers: { imei: [867532051234567] } },
      'identifiers.imei.0: expected a text in quotes, not a number.',
    ],
    [{ ...whole, identifiers: { imei: ['ok', ' '] } }, 'identifiers.imei.1: expected a value, not an empty text.'],
    [{ ...whole, identifiers: { imei: ['7'.repeat(1025)] } }, 'identifiers.imei.0: expected at most 1024 characters.'],
    [{ ...whole, identifiers: { imei: Array(201).fill('7') } }, 'identifiers.imei: expected at most 200 values.'],
    [{ ...whole, identifiers: [] }, 'identifiers: expected a JSON object, not a list.'],
    [
      { ...whole, per_app: { 'com.a': { imie: ['1'] } } },
      'per_app.com.a.imie: expected a data type such as imei (did you mean imei?).',
    ],
    [
      { ...whole, identifier: {} },
      'identifier: expected one of the keys name, platform, identifiers, per_app, location, salts (did you mean identifiers?).',
    ],
    [{ ...whole, platform: 'symbian' }, 'platform: expected one of android, ios, harmonyos, other.'],
    [{ ...whole, name: '' }, 'name: expected a text such as "redmi-k40".'],
    [{ platform: 'ios' }, 'name: expected a text such as "redmi-k40".'],
    [
      { ...whole, location: { latitude: 91, longitude: 0 } },
      'location.latitude: expected a number of WGS-84 degrees from -90 to 90.',
    ],
    [
      { ...whole, location: { latitude: 1 } },
      'location.longitude: expected a number of WGS-84 degrees from -180 to 180.',
    ],
    [{ ...whole, location: { lat: 1 } }, 'location.lat: expected only latitude and longitude.'],
    [{ ...whole, salts: [1] }, 'salts.0: expected a text in quotes, not a number.'],
    [[], 'top level: expected a JSON object, not a list.'],
    ['', 'line 1, column 1: expected valid JSON.'],
    ['{"name": "x",\n "identifiers": {"imei": ["867532051234567",]}}', 'line 2, column 45: expected valid JSON.'],
    ["{'name': 1}", 'line 1, column 2: expected valid JSON.'],
  ])('that is wrong is refused with the place and what was expected: %j', (value, message) => {
    expect(errorOf(value)).toBe(`pixel.json: ${message}`);
  });

  it('never repeats a value of the file in its error', () => {
    expect(errorOf('{"imei": 867532051234567x}')).not.toContain('8675');
  });
});

describe('A profile file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'telltale-profile-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is read from disk', () => {
    const path = join(folder, 'pixel.json');
    writeFileSync(path, JSON.stringify(whole));
    expect(readDeviceProfile(path, known).name).toBe('redmi-k40');
  });

  it.each([
    ['missing.json', /^Cannot read .*missing\.json: it does not exist\./],
    ['.', /^Cannot read .*: it is a folder\./],
  ])('that cannot be read says so: %s', (name, message) => {
    expect(() => readDeviceProfile(join(folder, name), known)).toThrow(message);
  });

  it('of many megabytes is refused unread', () => {
    const path = join(folder, 'huge.json');
    writeFileSync(path, ' '.repeat(1024 * 1024 + 1));
    expect(() => readDeviceProfile(path, known)).toThrow(/huge\.json: file: expected at most 1048576 bytes\./);
  });
});
