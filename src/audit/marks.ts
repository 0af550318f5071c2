import { addMarkTo } from '../evidence/marks.ts';
import { operatorError } from '../model/errors.ts';
import type { MarkKind } from '../model/mark.ts';

/**
 * Adds a mark to a capture that runs or has ended.
 * @throws TelltaleError for an unreadable time, an evidence file that cannot be used, or a capture it does not hold.
 */
export function addMark(request: {
  readonly db: string;
  readonly capture: string | null;
  readonly kind: MarkKind;
  readonly note: string | null;
  readonly at: string | null;
}): {
  readonly capture: string;
  readonly kind: MarkKind;
  readonly at: number;
} {
  const at = request.at === null ? Date.now() : Date.parse(request.at);
  if (Number.isNaN(at))
    throw operatorError('usage', {
      message: `--at: "${request.at}" is not an ISO time, such as 2026-11-21T20:31:07.120Z`,
    });
  const capture = addMarkTo(request.db, request.capture, request.kind, at, request.note);
  return { capture, kind: request.kind, at };
}
