import { describe, expect, it } from 'vitest';
import { type FoundInUrl, maskedUrl, urlWithoutFound, withMaskedNames } from '../../src/model/masked-url.ts';

const at = (...steps: readonly string[]): FoundInUrl => ({ place: 'url', decodeChain: steps });

describe('maskedUrl', () => {
  it.each([
    ['https://a.test/collect?imei=867532051234567&t=1', 'https://a.test/collect?imei=…&t=…'],
    ['https://a.test/v2/867532051234567/x', 'https://a.test/v2/…/x'],
    ['https://a.test/9f8e7d6c5b4a3921', 'https://a.test/…'],
    ['https://a.test/?9f8e7d6c5b4a3921', 'https://a.test/?…'],
    ['https://a.test/?9f8e7d6c5b4a3921=1&flag', 'https://a.test/?…=…&flag'],
    ['https://a.test/p#867532051234567', 'https://a.test/p'],
    ['https://a.test/unify_logs', 'https://a.test/unify_logs'],
    ['http://[2001:db8::1]:8080/x', 'http://[2001:db8::1]:8080/x'],
    ['not a url', 'not a url'],
  ])('shows %s as %s', (url, shown) => {
    expect(maskedUrl(url, [])).toBe(shown);
  });

  it('leaves out the parts of a path in which something was found, however short', () => {
    expect(maskedUrl('https://a.test/u/R58M45ABCDE/x', [at('path:1')])).toBe('https://a.test/u/…/x');
    expect(maskedUrl('https://a.test/u/R58M45ABCDE/x', [{ ...at('path:1'), place: 'body' }])).toContain('R58M45ABCDE');
  });
});

describe('urlWithoutFound', () => {
  it.each([
    ['nothing was found', 'https://a.test/9f8e7d6c5b4a3921?n=17#f', [], 'https://a.test/9f8e7d6c5b4a3921?n=17#f'],
    ['in a parameter', 'https://a.test/c?n=17&imei=8675#f', [at('query:imei')], 'https://a.test/c?n=17&imei=…#f'],
    [
      'in a document inside a parameter',
      'https://a.test/c?d=%7B%7D&n=1',
      [at('query:d', 'json:x')],
      'https://a.test/c?d=…&n=1',
    ],
    ['in a parameter given twice', 'https://a.test/c?a=1&a=2', [at('query:a')], 'https://a.test/c?a=…&a=…'],
    [
      'under a name with percent codes',
      'https://a.test/c?a%20b+c=1',
      [at('query:a b c')],
      'https://a.test/c?a%20b+c=…',
    ],
    ['in a bare query', 'https://a.test/c?8675', [at('query:')], 'https://a.test/c?…'],
    ['in the path', 'https://a.test/u/R58M/x?n=17', [at('path:1')], 'https://a.test/u/…/x?n=17'],
    ['in both', 'https://a.test/R58M?a=1&b=2', [at('path:0'), at('query:b')], 'https://a.test/…?a=1&b=…'],
    ['nobody can tell where', 'https://a.test/c?a=1&b=2', [at()], 'https://a.test/c?a=…&b=…'],
    ['under a name that is not there', 'https://a.test/c?a=1', [at('query:z')], 'https://a.test/c?a=…'],
  ])('keeps all else when it was %s', (_, url, found, shown) => {
    expect(urlWithoutFound(url, found)).toBe(shown);
  });
});

describe('withMaskedNames', () => {
  it.each([
    ['devices.867532051234567.oaid', 'devices.….oaid'],
    ['id_867532051234567', 'id_…'],
    ['header.9f8e7d6c5b4a3921', 'header.…'],
    ['header.device_fingerprint_v2', 'header.device_fingerprint_v2'],
    ['events.12.time', 'events.12.time'],
    ['abcdefabcdefabcdef', 'abcdefabcdefabcdef'],
    [null, null],
  ])('shows the field %s as %s', (field, shown) => {
    const step = `json:${field}`;
    expect(withMaskedNames({ field, decodeChain: ['gzip', step] })).toEqual({
      field: shown,
      decodeChain: ['gzip', `json:${shown}`],
    });
  });
});
