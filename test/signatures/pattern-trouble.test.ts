import { describe, expect, it } from 'vitest';
import { patternTrouble } from '../../src/signatures/pattern-trouble.ts';

const INSIDE = 'a regular expression without repeated groups that repeat inside expected';
const BETWEEN = 'between two repeats a character expected that the first of them does not take';
const ANCHOR =
  'a regular expression that repeats something must start with ^ and have no alternatives outside brackets';
const BACK = 'a regular expression without references back expected';

describe('patternTrouble', () => {
  it.each([
    ['^/sa(?:\\.gif)?$', null],
    ['^/v3/projects/[^/]+/collect$', null],
    ['^/api/\\d+/(?:envelope|store)/?$', null],
    ['^/(?!gw/|h5/|rest/)', null],
    ['^[0-9a-f]{32}$', null],
    ['^a+-b+-c+$', null],
    ['^/[^/]*/[^/]*/x$', null],
    ['^[a-z]{2,3}\\.[a-z]+$', null],
    ['(?:^|\\.)(?:gdt|e|l)\\.qq\\.com$', null],
    ['.', null],
    ['^\\+*x', null],
    ['^(a+)+$', INSIDE],
    ['^(?:a|aa)*$', INSIDE],
    ['^(?:a{1,100}){1,100}$', INSIDE],
    ['^((a)*)?b(c(d+))+$', INSIDE],
    ['^(?<n>a*)+$', INSIDE],
    ['^\\w+\\w+$', BETWEEN],
    ['^\\w+_\\w+$', BETWEEN],
    ['^.*a.*b$', BETWEEN],
    ['^a+b?a+$', BETWEEN],
    ['^a+(?:x|a+)$', BETWEEN],
    ['^[a-z]*[0-9]*[a-z]*!', BETWEEN],
    ['^a{2,}a{3,9}$', BETWEEN],
    ['a+!', ANCHOR],
    ['^a|b+!', ANCHOR],
    ['(a)\\1', BACK],
    ['(?<n>a)\\k<n>', BACK],
  ])('says of %s: %s', (pattern, trouble) => {
    expect(patternTrouble(pattern)).toBe(trouble);
  });

  it('says what is wrong with the form of one', () => {
    expect(patternTrouble('^/(')).toMatch(/^a regular expression expected \(.*Unterminated group/);
  });
});
