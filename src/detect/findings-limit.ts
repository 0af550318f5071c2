import type { Detection } from '../model/finding.ts';
import type { Gap } from '../model/gaps.ts';

/** Keeps the first of every kind and as many more as the limit allows; what is left out is repetition, and said. */
export class FindingsLimit {
  readonly #max: number;
  readonly #kinds = new Set<string>();
  #kept = 0;
  #left: number;

  /** @param passedOver repeated matches that were left out before they became findings. */
  constructor(findingsMax: number, passedOver = 0) {
    this.#max = findingsMax;
    this.#left = passedOver;
  }

  /** Whether a detection is kept. */
  takes({ dataType, valueIndex, transform, match }: Detection): boolean {
    const kind = `${dataType}/${valueIndex}/${transform}/${match}`;
    const takes = this.#kept < this.#max || !this.#kinds.has(kind);
    this.#kinds.add(kind);
    if (takes) this.#kept++;
    else this.#left++;
    return takes;
  }

  gaps(at: readonly string[]): readonly Gap[] {
    if (this.#left === 0) return [];
    const detail = `${this.#left} of ${this.#left + this.#kept} findings not recorded`;
    return [{ kind: 'limit-findings', at, bytesUnread: 0, detail }];
  }
}
