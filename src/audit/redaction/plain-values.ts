import { knownValues } from '../../detect/patterns/known-value.ts';
import type { DeviceProfile } from '../../model/device-profile.ts';

/** Shorter values are words and numbers of everyday: those are replaced where they were found to count, not wherever they occur. */
const BYTES_MIN = 6;

/** A run of bytes. */
export interface PlainSpan {
  readonly start: number;
  readonly end: number;
}

/** Finds the values of device profiles as they are written, also where they do not count as findings: inside words and longer numbers. */
export class PlainValues {
  readonly #texts: readonly Buffer[];

  constructor(profiles: readonly DeviceProfile[]) {
    const texts = new Set<string>();
    for (const profile of profiles)
      for (const app of [null, ...Object.keys(profile.perApp)])
        for (const { value } of knownValues(profile, app)) for (const text of writings(value)) texts.add(text);
    this.#texts = [...texts].map((text) => Buffer.from(text)).filter(({ length }) => length >= BYTES_MIN);
  }

  find(bytes: Uint8Array): PlainSpan[] {
    const found: PlainSpan[] = [];
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const text of this.#texts)
      for (let at = buffer.indexOf(text); at >= 0; at = buffer.indexOf(text, at + text.length))
        found.push({ start: at, end: at + text.length });
    return found;
  }
}

function writings(value: string): readonly string[] {
  const bare = value.replace(/[:\-. ]/g, '');
  const forms = /^[0-9a-f]{12,}$/i.test(bare) ? [value, bare] : [value];
  return forms.flatMap((form) => [form, form.toLowerCase(), form.toUpperCase()]);
}
