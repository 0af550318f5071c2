import { describe, expect, it } from 'vitest';
import { jsonPieces, jsonText } from '../../src/model/json-text.ts';

describe('jsonPieces', () => {
  it.each([
    [{}],
    [{ a: 1, b: null, c: 'x\ny\u202e', d: undefined }],
    [{ list: [], more: [1], nested: [[1, 2], [], { a: [{ b: 'line\nbreak' }] }], last: {} }],
    [{ 'odd "name"': [{ a: { b: [1, 2] } }, null, 'x'] }],
  ])('gives the text of the whole: %j', (value) => {
    expect([...jsonPieces(value)].join('')).toBe(jsonText(value, 2));
  });

  it('takes lists that are made while they are written', () => {
    function* numbers() {
      yield 1;
      yield 2;
    }
    expect([...jsonPieces({ numbers: numbers() })].join('')).toBe(jsonText({ numbers: [1, 2] }, 2));
  });
});
