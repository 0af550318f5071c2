import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { telltale } from './telltale.ts';

let folder: string;
let profile: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-device-'));
  profile = join(folder, 'redmi-k40.json');
  const flags = ['--platform', 'android', '--imei', '867532051234569', '--mac', 'a4:50:46:1b:2c:3d'];
  const made = telltale(['device', 'add', profile, ...flags, '--location', '22.5431,114.0579', '--salt', 'pepper-']);
  expect(made, made.stderr).toMatchObject({ status: 0, stdout: `${profile}\n`, stderr: '' });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('telltale device add', () => {
  it('starts a profile that only its owner may read, named after its file', () => {
    expect(statSync(profile).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(profile, 'utf8'))).toEqual({
      name: 'redmi-k40',
      platform: 'android',
      identifiers: { imei: ['867532051234569'], mac_address: ['a4:50:46:1b:2c:3d'] },
      location: { latitude: 22.5431, longitude: 114.0579 },
      salts: ['pepper-'],
    });
  });

  it('adds to what is there, each value once', () => {
    const copy = join(folder, 'copy.json');
    writeFileSync(copy, readFileSync(profile));
    const more = ['--imei', '867532051234569', '--imei', '490154203237518', '--id', 'drm_id=6f1d0e9a=='];
    const { status } = telltale([
      'device',
      'add',
      copy,
      ...more,
      '--app-id',
      'com.example.shop:android_id=9f8e7d6c5b4a3921',
    ]);
    expect(status).toBe(0);
    expect(JSON.parse(readFileSync(copy, 'utf8'))).toMatchObject({
      name: 'redmi-k40',
      identifiers: { imei: ['867532051234569', '490154203237518'], drm_id: ['6f1d0e9a=='] },
      per_app: { 'com.example.shop': { android_id: ['9f8e7d6c5b4a3921'] } },
    });
  });

  it.each([
    [['--id', 'imie=3'], /identifiers\.imie: expected a data type such as imei \(did you mean imei\?\)\./],
    [['--id', 'imei'], /expected TYPE=VALUE/],
    [['--app-id', 'android_id=9f8e7d6c5b4a3921'], /expected APP:TYPE=VALUE/],
    [['--location', '99,0'], /location\.latitude: expected a number/],
    [['--location', 'Shenzhen'], /expected LATITUDE,LONGITUDE/],
    [['--imei', ''], /identifiers\.imei\.\d: expected a value, not an empty text/],
    [[], /nothing to add/],
  ])('refuses %j with status 2 and leaves the file as it was', (flags, message) => {
    const before = readFileSync(profile, 'utf8');
    const { status, stdout, stderr } = telltale(['device', 'add', profile, ...flags]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(readFileSync(profile, 'utf8')).toBe(before);
  });

  it('doubts values that cannot be right, without repeating them', () => {
    const odd = join(folder, 'odd.json');
    const { status, stderr } = telltale([
      'device',
      'add',
      odd,
      '--imei',
      '867532051234567',
      '--mac',
      '02:00:00:00:00:00',
    ]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/identifiers\.imei\.0: its check digit is wrong/);
    expect(stderr).toMatch(/identifiers\.mac_address\.0: a stand-in/);
    expect(stderr).not.toMatch(/86753|02:00/);
  });

  it('says where it cannot write', () => {
    const { status, stderr } = telltale(['device', 'add', join(folder, 'none', 'x.json'), '--imei', '867532051234569']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^telltale: Cannot write .*x\.json: its folder does not exist/);
  });
});

describe('telltale device show', () => {
  it.each([['table'], ['json']])('masks every value, and rounds the place: %s', (format) => {
    const { status, stdout } = telltale(['device', 'show', profile, '--format', format]);
    expect(status).toBe(0);
    expect(stdout).toContain('8675…569');
    expect(stdout).not.toMatch(/867532051234569|a4:50:46:1b:2c:3d|22\.5431|pepper-/);
  });

  it('prints whole values when asked', () => {
    const { stdout } = telltale(['device', 'show', profile, '--format', 'json', '--reveal']);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(profile, 'utf8')));
  });

  it('names the wrong place of a profile', () => {
    const wrong = join(folder, 'wrong.json');
    writeFileSync(wrong, '{"name": "x", "identifiers": {"androidid": ["1"]}}');
    const { status, stdout, stderr } = telltale(['device', 'show', wrong]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      `telltale: ${wrong}: identifiers.androidid: expected a data type such as imei (did you mean android_id?).\n`,
    );
  });
});
