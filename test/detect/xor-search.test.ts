import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { random } from '../../bench/scan-corpus.ts';
import { XorSearch } from '../../src/detect/xor-search.ts';
import { layer } from './layers.ts';

const VALUES = [
  { dataType: 'oaid', valueIndex: 0, value: '09bcfafb-b0ff-4c96-bd91-040bfb0ce6be' },
  { dataType: 'imei', valueIndex: 0, value: '867532051234567' },
];
const search = new XorSearch(VALUES);

function masked(text: string, key: Uint8Array, seed: number): Uint8Array {
  const below = random(seed);
  const plain = Buffer.concat([
    Uint8Array.from({ length: 40 }, () => below(256)),
    Buffer.from(text),
    Buffer.alloc(30, seed),
  ]);
  return plain.map((byte, i) => byte ^ (key[i % key.length] as number));
}

describe('a value under a repeating key', () => {
  it.each(Array.from({ length: 16 }, (_, i) => i + 1))('of %i bytes is found without the key', (period) => {
    const below = random(period);
    const key = Uint8Array.from({ length: period }, () => 1 + below(255));
    const md5 = createHash('md5').update('867532051234567').digest('hex');
    const long = search.find([layer(masked(`id=${VALUES[0]?.value};`, key, period))]);
    expect(long.map(({ dataType, transform, start, end }) => [dataType, transform, start, end])).toEqual([
      ['oaid', 'xor', 43, 79],
    ]);
    const hashed = search.find([layer(masked(`id=${md5};`, key, period))]);
    expect(hashed.map(({ dataType, transform, start }) => [dataType, transform, start])).toEqual([
      ['imei', 'xor(md5-hex)', 43],
    ]);
    const short = search.find([layer(masked('id=867532051234567;', key, period))]);
    expect(short.map(({ dataType }) => dataType)).toEqual(period <= 7 ? ['imei'] : []);
  });

  it('is found where the key leaves printable text, in what somebody coded', () => {
    const text = Buffer.from('{"imei":"867532051234567","z":1}').map((byte) => byte ^ 0x5a);
    expect(Buffer.from(text).toString('latin1')).toMatch(/^[\x20-\x7e]+$/);
    expect(search.find([layer(text, {}, { chain: ['json:p', 'base64'] })])).toMatchObject([{ dataType: 'imei' }]);
    expect(search.find([layer(text)])).toEqual([]);
  });

  it('is not seen in a value that differs in one character, or that goes on, under a shorter key', () => {
    for (const text of ['id=867532051234568;', 'id=967532051234567;', 'id=1867532051234567;', 'id=8675320512345670;']) {
      for (const key of [[0x9d], [0x9d, 0x83], [0x9d, 0x83, 0xe1]]) {
        expect(search.find([layer(masked(text, Uint8Array.from(key), 5))]), `${text} ${key}`).toEqual([]);
      }
    }
  });

  it('is not seen in random bytes, in text, or where nothing is masked', () => {
    const below = random(99);
    const noise = Uint8Array.from({ length: 60_000 }, () => below(256));
    expect(search.find([layer(noise)])).toEqual([]);
    expect(search.find([layer(Buffer.concat([noise.subarray(0, 50), Buffer.from(VALUES[0]?.value ?? '')]))])).toEqual(
      [],
    );
    expect(search.find([layer(Buffer.from('0123456789'.repeat(600)))])).toEqual([]);
    const nearly = '09bcfafb-b0ff-4c96-cd91-040bfb0ce6be';
    expect(search.find([layer(Buffer.concat([noise.subarray(0, 50), Buffer.from(nearly), Buffer.alloc(9)]))])).toEqual(
      [],
    );
  });
});
