import { describe, expect, it } from 'vitest';
import { jsonErrorAt } from '../../src/device/json-error-at.ts';

describe('jsonErrorAt', () => {
  it.each([
    ['', 1, 1],
    ['{', 1, 2],
    ['{"a": tru, "b": 1}', 1, 10],
    ['{"a": 1,}', 1, 9],
    ['{"a": 1 "b": 2}', 1, 9],
    ['{\n  "a": "open', 2, 13],
    ['{\n  "a": 01\n}', 2, 9],
    ['[1, 2,\n 3]]', 2, 4],
    ['{"a": "\\x"}', 1, 9],
    ['{"a": "line\nbreak"}', 1, 12],
  ])('finds the place in %j', (text, line, column) => {
    expect(jsonErrorAt(text)).toEqual({ line, column });
  });

  it('points at the end of every cut of a valid text, and at a foreign character wherever it stands', () => {
    const text = '{"name": "a\\u00e9b", "list": [1.5e3, true, null, {"x": []}], "z": -0}';
    for (let at = 1; at < text.length; at++) {
      expect(jsonErrorAt(text.slice(0, at)), text.slice(0, at)).toEqual({ line: 1, column: at + 1 });
      expect(jsonErrorAt(`${text.slice(0, at)}\u0001${text.slice(at)}`).column, `at ${at}`).toBe(at + 1);
    }
  });
});
