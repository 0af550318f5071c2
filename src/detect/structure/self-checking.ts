import { createHmac } from 'node:crypto';
import { passesLuhn } from './luhn.ts';

/** 15 digits, a type allocation code that a reporting body gave out, and the check digit of ISO/IEC 7812-1. */
export function isImei(value: string): boolean {
  const digits = value.replace(/[ -]/g, '');
  return /^(?:01|35|86|99|45|44|49|50|51|52|53|54|91|97|98)\d{13}$/.test(digits) && passesLuhn(digits);
}

/**
 * 19 or 20 digits from 89 on. Some operators use all 20 for themselves, so that only those of China, where the number ends in a
 * hex digit on some cards, are taken without the check digit.
 */
export function isIccid(value: string): boolean {
  const digits = value.replace(/[fF]$/, '');
  return /^89\d{17,18}$/.test(digits) && (passesLuhn(digits) || digits.startsWith('8986'));
}

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const ID_REGION = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[123])/;

/** A resident identity number: region, date of birth, and the check character of ISO 7064 MOD 11-2 (GB 11643-1999). */
export function isResidentId(value: string): boolean {
  const text = value.toUpperCase();
  if (!/^\d{17}[\dX]$/.test(text) || !ID_REGION.test(text)) return false;
  const [year, month, day] = [text.slice(6, 10), text.slice(10, 12), text.slice(12, 14)].map(Number) as [
    number,
    number,
    number,
  ];
  if (year < 1900 || year > 2100 || month < 1 || month > 12 || day < 1 || day > 31) return false;
  const sum = ID_WEIGHTS.reduce((total, weight, i) => total + weight * (text.charCodeAt(i) - 48), 0);
  return text[17] === '10X98765432'[sum % 11];
}

/** The key that Alibaba's SDK compiles in; it makes the id prove itself. */
const UTDID_KEY = 'd6fc3a4a06adbde89223bvefedc24fecde188aaa9161';

/**
 * 18 bytes in base64: time, random, `03 00`, a hash of the IMEI, and the hashCode of the base64 of an HMAC-SHA1 of all that.
 * Builds differ in whether that base64 ends in a line break.
 */
export function isUtdid(value: string): boolean {
  if (!/^[A-Za-z0-9+/_-]{24}$/.test(value)) return false;
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length !== 18 || bytes[8] !== 3 || bytes[9] !== 0) return false;
  const mac = createHmac('sha1', UTDID_KEY).update(bytes.subarray(0, 14)).digest('base64');
  return [mac, `${mac}\n`].some((text) => {
    const hash = [...text].reduce((sum, character) => (Math.imul(31, sum) + character.charCodeAt(0)) | 0, 0);
    return bytes.readInt32BE(14) === hash || bytes.readInt32LE(14) === hash;
  });
}
