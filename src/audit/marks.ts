import { addMarkTo, marksIn } from '../evidence/marks.ts';
import { operatorError } from '../model/errors.ts';
import { type Mark, type MarkKind, standingMarks, withdrawalOf } from '../model/mark.ts';

/** Which capture of which file; null: the latest. */
export interface MarkedCapture {
  readonly db: string;
  readonly capture: string | null;
}

/**
 * Adds a mark to a capture that runs or has ended.
 * @throws TelltaleError for an unreadable time, an evidence file that cannot be used, or a capture it does not hold.
 */
export function addMark(
  request: MarkedCapture & { readonly kind: MarkKind; readonly note: string | null; readonly at: string | null },
): {
  readonly capture: string;
  readonly kind: MarkKind;
  readonly at: number;
} {
  const now = Date.now();
  const at = request.at === null ? now : Date.parse(request.at);
  if (Number.isNaN(at))
    throw operatorError('usage', {
      message: `--at: "${request.at}" is not an ISO time, such as 2026-11-21T20:31:07.120Z`,
    });
  const capture = addMarkTo(request.db, request.capture, request.kind, at, request.note, { now });
  return { capture, kind: request.kind, at };
}

/** The marks of a capture that count, numbered as {@link withdrawMark} takes them. */
export function marksOfCapture({ db, capture }: MarkedCapture): {
  readonly capture: string;
  readonly marks: readonly Mark[];
} {
  const { capture: name, marks } = marksIn(db, capture);
  return { capture: name, marks: standingMarks(marks) };
}

/**
 * Takes a mark back: from now on nothing follows from it. It stays in the evidence, beside the note that withdraws it.
 * @throws TelltaleError `usage` for a number that no mark of the capture has.
 */
export function withdrawMark(request: MarkedCapture & { readonly number: string | null }): {
  readonly capture: string;
  readonly mark: Mark;
} {
  const { capture, marks } = marksOfCapture(request);
  const mark = marks.find(({ id }) => String(id) === request.number?.trim());
  if (mark === undefined) {
    const known = marks.map(({ id, kind, at }) => `${id} (${kind} at ${new Date(at).toISOString()})`).join(', ');
    throw operatorError('usage', {
      message: `mark withdraw: the number of a mark of capture ${capture} expected. It has: ${known || 'none'}`,
    });
  }
  // At the moment of the mark that it withdraws: so the two keep their order wherever the capture goes.
  addMarkTo(request.db, capture, 'note', mark.at, withdrawalOf(mark), { now: Date.now() });
  return { capture, mark };
}
