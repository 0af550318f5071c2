import { SIEVE_WASM } from './sieve-wasm.ts';

/** Bytes that are sifted in one go. */
export const SIFTED_BYTES_MAX = 65_536;
/** Shorter runs are sifted where they stand: to copy them would take longer. */
const COPIED_BYTES_MIN = 128;

/**
 * Lets nearly all bytes through and keeps the positions that are worth a closer look: those of a byte of one set that stands behind a
 * byte of another. Runs over all traffic.
 */
export class Sieve {
  readonly #isBefore: Uint8Array;
  readonly #isOwn: Uint8Array;
  /** The two sets as sieve.as reads them. */
  readonly #sets: Uint8Array;

  /** @param isBefore 1 for each byte value that may stand before one that is kept; what begins a run stands behind a zero byte. */
  constructor(isBefore: Uint8Array, isOwn: Uint8Array) {
    this.#isBefore = isBefore;
    this.#isOwn = isOwn;
    this.#sets = Uint8Array.from([...halves(isBefore), ...halves(isOwn)]);
  }

  /** Tells the positions that are kept, in their order. `take` must not sift. */
  sift(bytes: Uint8Array, from: number, to: number, take: (position: number) => void): void {
    const kernel = sieveKernel();
    if (kernel === null || to - from < COPIED_BYTES_MIN) this.#siftInPlace(bytes, from, to, take);
    else this.#siftCopied(kernel, bytes, from, to, take);
  }

  #siftInPlace(bytes: Uint8Array, from: number, to: number, take: (position: number) => void): void {
    let before = 0;
    for (let at = from; at < to; at++) {
      const own = bytes[at] as number;
      if (this.#isOwn[own] === 1 && this.#isBefore[before] === 1) take(at);
      before = own;
    }
  }

  #siftCopied(
    { sets, input, places, sift }: Kernel,
    bytes: Uint8Array,
    from: number,
    to: number,
    take: (position: number) => void,
  ): void {
    sets.set(this.#sets);
    for (let block = from; block < to; block += SIFTED_BYTES_MAX) {
      const length = Math.min(SIFTED_BYTES_MAX, to - block);
      input[0] = block === from ? 0 : (bytes[block - 1] as number);
      input.set(bytes.subarray(block, block + length), 1);
      const kept = sift(length);
      for (let i = 0; i < kept; i++) take(block + (places[i] as number));
    }
  }
}

/**
 * Tells, for each period up to one, the positions from which on eight bytes agree in their highest bit with those a period behind.
 *
 * @param bytes at most {@link SIFTED_BYTES_MAX}. `take` must not sift.
 */
export function siftAgreeing(
  bytes: Uint8Array,
  periodMax: number,
  take: (position: number, period: number) => void,
  kernel = sieveKernel(),
): void {
  kernel?.input.set(bytes, 1);
  kernel?.gatherHighBits(bytes.length);
  for (let period = 1; period <= periodMax; period++) {
    const to = bytes.length - period - AGREEING + 1;
    if (kernel === null) siftAgreeingInPlace(bytes, period, to, take);
    const kept = kernel?.siftAgreeing(period, to) ?? 0;
    for (let i = 0; i < kept; i++) take(kernel?.places[i] as number, period);
  }
}

const AGREEING = 8;

function siftAgreeingInPlace(
  bytes: Uint8Array,
  period: number,
  to: number,
  take: (position: number, period: number) => void,
): void {
  let run = 0;
  for (let at = 0; at < to + AGREEING - 1; at++) {
    run = (((bytes[at] as number) ^ (bytes[at + period] as number)) & 0x80) === 0 ? run + 1 : 0;
    if (run >= AGREEING) take(at - AGREEING + 1, period);
  }
}

interface Kernel {
  readonly sets: Uint8Array;
  /** The byte before the block, and the block. */
  readonly input: Uint8Array;
  readonly places: Int32Array;
  sift(length: number): number;
  gatherHighBits(length: number): void;
  siftAgreeing(period: number, to: number): number;
}

let made: Kernel | null | undefined;

/** One for all sieves; null where the engine has no WebAssembly with SIMD. */
function sieveKernel(): Kernel | null {
  made = made === undefined ? makeKernel() : made;
  return made;
}

interface KernelExports extends Pick<Kernel, 'sift' | 'gatherHighBits' | 'siftAgreeing'> {
  readonly BEFORE: { readonly value: number };
  readonly INPUT: { readonly value: number };
  readonly PLACES: { readonly value: number };
}

const PAGE_BYTES = 65_536;

function makeKernel(): Kernel | null {
  const code = Buffer.from(SIEVE_WASM, 'base64');
  if (typeof WebAssembly !== 'object' || !WebAssembly.validate(code)) return null;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((4096 + 5.25 * SIFTED_BYTES_MAX) / PAGE_BYTES) });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
  const { BEFORE, INPUT, PLACES, ...loops } = exports as unknown as KernelExports;
  return {
    sets: new Uint8Array(memory.buffer, BEFORE.value, 64),
    input: new Uint8Array(memory.buffer, INPUT.value - 1, 1 + SIFTED_BYTES_MAX),
    places: new Int32Array(memory.buffer, PLACES.value, SIFTED_BYTES_MAX),
    ...loops,
  };
}

/** For each low half of a byte, one bit for each of the high halves with which it is in a set: 0–7, then 8–15. */
function halves(isMember: Uint8Array): Uint8Array {
  const masks = new Uint8Array(32);
  isMember.forEach((is, byte) => {
    const place = (byte & 15) + (byte >> 7) * 16;
    masks[place] = (masks[place] as number) | (is << ((byte >> 4) & 7));
  });
  return masks;
}
