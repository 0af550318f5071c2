import type { NewGap } from '../model/evidence.ts';
import type { Batch } from './batch.ts';
import { gapOfCapture } from './capture-rows.ts';

/** What the file could not take. */
export interface Losses {
  readonly exchanges: number;
  /** Gaps of connections and captures; those of an exchange go with it. */
  readonly gaps: number;
}

export const NOTHING_LOST: Losses = { exchanges: 0, gaps: 0 };

/** Columns of a row of `gaps`. */
const [EXCHANGE, KIND] = [3, 5] as const;

/** What goes with a batch that is given up. @param rowless exchanges beside it that have no row. */
export function lostIn(batch: Batch, rowless: number): Losses {
  const gaps = batch.waiting('gaps');
  const lost = Array.from({ length: gaps.count }, (_, number) => gaps.row(number)).filter(
    (row) => row[EXCHANGE] === null && row[KIND] !== 'not-stored',
  );
  return { exchanges: batch.waiting('exchanges').count + rowless, gaps: lost.length };
}

/** The gap that stands in place of what was lost; null when nothing was. */
export function lossGap(capture: number, at: number, { exchanges, gaps }: Losses): NewGap | null {
  if (exchanges + gaps === 0) return null;
  const detail = gaps === 0 ? `${exchanges} exchanges` : `${exchanges} exchanges, ${gaps} gaps of connections`;
  const gap = { kind: 'not-stored', at: [], bytesUnread: null, detail } as const;
  return gapOfCapture(capture, at, gap, gaps === 0 ? { exchanges } : { exchanges, gaps });
}
