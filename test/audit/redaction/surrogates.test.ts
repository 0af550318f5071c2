import { describe, expect, it } from 'vitest';
import { Surrogates } from '../../../src/audit/redaction/surrogates.ts';

const surrogates = new Surrogates(Buffer.alloc(32, 1));
const standIn = (text: string, by = surrogates) => Buffer.from(by.standIn(Buffer.from(text))).toString();

describe('Surrogates', () => {
  it.each([
    // value                                    what its stand-in looks like
    ['867532051234567', /^[1-9]\d{14}$/],
    ['a4:50:46:1b:2c:3d', /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/],
    ['9F8E7D6C5B4A3921', /^[0-9A-F]{16}$/],
    ['22.5431', /^[1-9]\d\.[1-9]\d{3}$/],
    ['R58M45ABCDE', /^[A-Z][1-9]\d[A-Z][1-9]\d[A-Z]{5}$/],
    ['小米手机', /^[\u4e00-\u9dff]{4}$/],
    ['ä', /^[\u0100-\u027f]$/],
    ['😀', /^[\u{20000}-\u{2a000}]$/u],
    ['%E5%B0%8F', /^%E5%[89AB][0-9A-F]%[89AB][0-9A-F]$/],
    ['%38%36', /^%3[1-9]%3[1-9]$/],
    ['\\u5c0f', /^\\u[4-9][0-9a-f]{3}$/],
  ])('stands in for %s with something like it', (value, like) => {
    expect(standIn(value)).toMatch(like);
    expect(standIn(value)).not.toBe(value);
    expect(Buffer.byteLength(standIn(value))).toBe(Buffer.byteLength(value));
  });

  it('keeps the highest bits of binary bytes, and their number', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const made = surrogates.standIn(bytes);
    expect([...made].map((byte) => byte & 0x80)).toEqual([...bytes].map((byte) => byte & 0x80));
    expect(Buffer.from(made)).not.toEqual(Buffer.from(bytes));
  });

  it('gives the same for the same under one key only', () => {
    const other = new Surrogates(Buffer.alloc(32, 2));
    expect(standIn('867532051234567')).toBe(standIn('867532051234567'));
    expect(standIn('867532051234567', other)).not.toBe(standIn('867532051234567'));
    expect(surrogates.tokenOf('a')).toMatch(/^redacted:[0-9a-f]{32}$/);
    expect(other.tokenOf('a')).not.toBe(surrogates.tokenOf('a'));
  });
});
