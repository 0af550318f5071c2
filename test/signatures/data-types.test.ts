import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { covers } from '../../src/model/data-type.ts';
import { loadTaxonomy } from '../../src/signatures/data-types.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-types-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const whole = {
  group: 'Device identifiers',
  class: 'id',
  parents: ['device_identifier'],
  names: { zh: '甲', en: 'a' },
  surfaces: { zh: [], en: [] },
  key_names: ['a'],
  immutable: false,
  sensitive: false,
};

describe('the taxonomy', () => {
  it('knows its identifiers, their parents and their nature', () => {
    const taxonomy = loadTaxonomy({ extraFolder: null });
    expect(taxonomy.size).toBeGreaterThan(150);
    expect(taxonomy.get('imei')).toMatchObject({ class: 'id', immutable: true, parents: ['device_identifier'] });
    expect(taxonomy.get('oaid')).toMatchObject({ class: 'id', immutable: false });
    expect(taxonomy.get('face')).toMatchObject({ sensitive: true });
  });

  it.each([
    ['device_info', 'imei', true],
    ['advertising_id', 'oaid', true],
    ['location', 'location_precise', true],
    ['location_precise', 'location', false],
    ['advertising_id', 'imei', false],
    ['imei', 'imei', true],
  ])('lets %s cover %s: %s', (broad, narrow, expected) => {
    expect(covers(loadTaxonomy({ extraFolder: null }), broad, narrow)).toBe(expected);
  });

  it('takes additions and replacements from the user', () => {
    writeFileSync(join(folder, 'data-types.json'), JSON.stringify({ car_vin: whole, oaid: { ...whole, class: 'pi' } }));
    const taxonomy = loadTaxonomy({ extraFolder: folder });
    expect(taxonomy.get('car_vin')?.keyNames).toEqual(['a']);
    expect(taxonomy.get('oaid')?.class).toBe('pi');
    expect(taxonomy.get('imei')?.class).toBe('id');
  });

  it.each([
    [
      'a wrong class',
      { x: { ...whole, class: 'thing' } },
      /data-types\.json: \/x\/class: .*\(id, pi, perm, gen, non\)/,
    ],
    ['a wrong key', { x: { ...whole, keynames: [] } }, /\/x: .*\(keynames\)/],
    ['a parent that is none', { x: { ...whole, parents: ['nobody'] } }, /\/x\/parents: .*nobody is none/],
    [
      'its own ancestor',
      { x: { ...whole, parents: ['y'] }, y: { ...whole, parents: ['x'] } },
      /does not lead back to x/,
    ],
  ])('refuses %s and names the place', (_, content, message) => {
    writeFileSync(join(folder, 'data-types.json'), JSON.stringify(content));
    expect(() => loadTaxonomy({ extraFolder: folder })).toThrow(message);
  });

  it('refuses what is not JSON', () => {
    writeFileSync(join(folder, 'data-types.json'), '{"x": ');
    expect(() => loadTaxonomy({ extraFolder: folder })).toThrow(/whole file: JSON expected/);
  });
});
