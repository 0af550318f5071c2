import { type Mark, type Phase, phaseAt, standingMarks } from './mark.ts';

/** The phases of one capture, worked out once: what {@link phaseAt} makes of the marks that were not withdrawn, for any number of moments. */
export class PhaseTimeline {
  /** Moments at which the phase changes, ascending, and the phase from each one on. */
  readonly #from: number[] = [];
  readonly #phases: Phase[] = [];
  readonly #first: Phase;

  constructor(marks: readonly Mark[]) {
    const decisions = standingMarks(marks).filter(({ kind }) => kind === 'consent' || kind === 'refused');
    this.#first = phaseAt(decisions, Number.NEGATIVE_INFINITY);
    for (const at of [...new Set(decisions.map((mark) => mark.at))].sort((one, other) => one - other)) {
      this.#from.push(at);
      this.#phases.push(phaseAt(decisions, at));
    }
  }

  at(moment: number): Phase {
    let low = 0;
    let high = this.#from.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#from[middle] as number) <= moment) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? this.#first : (this.#phases[low - 1] as Phase);
  }

  /** The spans in which a phase holds, as [from, to) in milliseconds; infinite at the ends. */
  spans(phase: Phase): readonly (readonly [from: number, to: number])[] {
    const starts = [Number.NEGATIVE_INFINITY, ...this.#from];
    const phases = [this.#first, ...this.#phases];
    return starts.flatMap((from, index) =>
      phases[index] === phase ? [[from, starts[index + 1] ?? Number.POSITIVE_INFINITY] as const] : [],
    );
  }
}
