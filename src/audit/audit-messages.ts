import type { ErrorCode } from '../model/errors.ts';
import type { MarkKind } from '../model/mark.ts';
import type { AuditCounts } from './auditor.ts';
import type { PackedEvents } from './event-layout.ts';

/** What the relay's thread tells the audit thread. */
export type ToAudit =
  | { readonly type: 'events'; readonly batch: PackedEvents }
  | { readonly type: 'mark'; readonly kind: MarkKind; readonly at: number; readonly note: string | null }
  | { readonly type: 'alias'; readonly host: string; readonly chain: readonly string[]; readonly at: number }
  | { readonly type: 'close'; readonly at: number };

/** What the audit thread answers. */
export type FromAudit =
  /** `capture` is the name that the file gave it. */
  | { readonly type: 'ready'; readonly capture: string }
  | { readonly type: 'judged'; readonly buffer: ArrayBuffer; readonly counts: AuditCounts }
  | { readonly type: 'defect'; readonly stack: string }
  | { readonly type: 'not-stored'; readonly message: string; readonly exchanges: number }
  | { readonly type: 'failed'; readonly code: ErrorCode | null; readonly message: string }
  | { readonly type: 'closed'; readonly counts: AuditCounts; readonly defects: number; readonly notStored: number };
