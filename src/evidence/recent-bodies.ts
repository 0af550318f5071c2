import { hash } from 'node:crypto';

/** Larger bodies are hashed each time. */
const BYTES_MAX = 4 * 1024;
/** Bodies remembered, each at a place of its own; a power of two. */
const PLACES = 256;

interface Recent {
  readonly bytes: Buffer;
  size: number;
  sha256: string;
}

/**
 * SHA-256 of bodies, which costs more than all else that is done to store a small one, by comparing with the bodies before: answers of
 * one kind are mostly the same. Holds a megabyte at most.
 */
export class RecentBodies {
  readonly #recent: (Recent | undefined)[] = new Array(PLACES).fill(undefined);

  /** @returns lower hex. */
  sha256Of(bytes: Uint8Array): string {
    const size = bytes.length;
    if (size === 0 || size > BYTES_MAX) return hash('sha256', bytes);
    // Bodies of one kind share a place, so that those that never come again drive out each other.
    const place = (size * 31 + (bytes[size >> 1] as number) * 7 + (bytes[size - 1] as number)) & (PLACES - 1);
    const before = this.#recent[place];
    if (before !== undefined && before.size === size && before.bytes.compare(bytes, 0, size, 0, size) === 0)
      return before.sha256;
    const sha256 = hash('sha256', bytes);
    const recent = before ?? { bytes: Buffer.allocUnsafeSlow(BYTES_MAX), size, sha256 };
    recent.bytes.set(bytes);
    recent.size = size;
    recent.sha256 = sha256;
    this.#recent[place] = recent;
    return sha256;
  }
}
