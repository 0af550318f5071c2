import type { Detection } from '../model/finding.ts';
import type { Gap } from '../model/gaps.ts';

/** Keeps the first of every kind and as many more as the limit allows; what is left out is repetition, and said. */
export class FindingsLimit {
  readonly #max: number;
  readonly #kept: Detection[] = [];
  /** Of those kept; made only when the limit bites. */
  #kinds: Set<string> | null = null;
  #left: number;

  /** @param passedOver repeated matches that were left out before they became findings. */
  constructor(findingsMax: number, passedOver = 0) {
    this.#max = findingsMax;
    this.#left = passedOver;
  }

  /** Whether a detection is kept. */
  takes(detection: Detection): boolean {
    if (this.#kept.length >= this.#max) {
      this.#kinds ??= new Set(this.#kept.map(kindOf));
      if (this.#kinds.has(kindOf(detection))) {
        this.#left++;
        return false;
      }
      this.#kinds.add(kindOf(detection));
    }
    this.#kept.push(detection);
    return true;
  }

  gaps(at: readonly string[]): readonly Gap[] {
    if (this.#left === 0) return [];
    const detail = `${this.#left} of ${this.#left + this.#kept.length} findings not recorded`;
    return [{ kind: 'limit-findings', at, bytesUnread: 0, detail }];
  }
}

function kindOf({ dataType, valueIndex, transform, match }: Detection): string {
  return `${dataType}/${valueIndex}/${transform}/${match}`;
}
