import { describe, expect, it } from 'vitest';
import { random } from '../../bench/scan-corpus.ts';
import { BYTE_KERNEL_BYTES } from '../../src/decode/byte-kernel.ts';
import { byteKernel, firstRun, SIGNS_OF, signsOf } from '../../src/decode/characters.ts';
import { measured } from '../../src/decode/opaque.ts';

const below = random(13);
/** Bytes of a few values, now and then others: runs of printable ones of every length. */
const some = (length: number) => Uint8Array.from({ length }, () => (below(6) === 0 ? below(256) : 0x41 + below(26)));

describe('the byte kernel', () => {
  it.each([0, 1, 7, 8, 9, 511, 512, 513, 1000, BYTE_KERNEL_BYTES, BYTE_KERNEL_BYTES + 1, 200_000])(
    'finds the signs of %d bytes that each byte has',
    (length) => {
      const bytes = some(length + 2);
      let signs = 0;
      for (const byte of bytes.subarray(1, length + 1)) signs |= SIGNS_OF[byte] as number;
      expect(signsOf(bytes, 1, length + 1)).toBe(signs);
      expect(byteKernel()?.signs(bytes, 1, length + 1)).toBe(signs);
    },
  );

  it('sees each byte value at each place of a long run', () => {
    const bytes = new Uint8Array(600).fill(0x61);
    for (let byte = 0; byte < 256; byte++) {
      bytes[byte * 2 + 1] = byte;
      expect(signsOf(bytes, 0, bytes.length)).toBe((SIGNS_OF[0x61] as number) | (SIGNS_OF[byte] as number));
      bytes[byte * 2 + 1] = 0x61;
    }
  });

  it('measures as a look at each byte does', () => {
    // Longer ones first: nothing of them may be left.
    for (const length of [BYTE_KERNEL_BYTES, 4095, ...Array.from({ length: 200 }, (_, i) => 199 - i)]) {
      const bytes = some(length);
      const { counts, visible } = byteKernel()?.measure(bytes) ?? { counts: null, visible: null };
      expect({ counts: counts?.slice(), visible }, `length ${length}`).toEqual(measured(bytes));
    }
  });

  it('finds the runs that a look at each byte finds, wherever they stand', () => {
    const runsOf = (bytes: Uint8Array, kernel?: null) => {
      const starts: number[] = [];
      for (let at = firstRun(bytes, 0, kernel); at < bytes.length; at = firstRun(bytes, at + 20, kernel))
        starts.push(at);
      return starts;
    };
    for (let round = 0; round < 400; round++) {
      const bytes = Uint8Array.from({ length: below(round < 390 ? 300 : 20_000) }, () => below(256));
      for (let runs = below(4); runs > 0; runs--) {
        const at = below(bytes.length + 1);
        bytes.fill(0x41, at, at + 12 + below(12));
      }
      expect(runsOf(bytes), `round ${round}`).toEqual(runsOf(bytes, null));
    }
  });
});
