import type { PhoneStream, ServerStream } from './sides.ts';
import type { Tap } from './tap.ts';

/** Reasons for not reading from one side; it is read again when none is left. */
export const BEHIND = { otherSide: 1, audit: 2, notConnected: 4 } as const;

/** Stops reading from either side of an exchange while somebody else is behind. */
export class Backpressure {
  /** The side that answers; null while there is none. */
  server: ServerStream | null = null;
  readonly #phone: PhoneStream;
  readonly #tap: Tap;
  #phoneBehind = 0;
  #serverBehind = 0;

  constructor(phone: PhoneStream, tap: Tap) {
    this.#phone = phone;
    this.#tap = tap;
  }

  /** To be called after the audit was told of bytes: both sides wait while it asks for a pause. */
  waitForAudit(): void {
    if (!this.#tap.full || (this.#phoneBehind & BEHIND.audit) !== 0) return;
    this.holdPhone(BEHIND.audit);
    this.holdServer(BEHIND.audit);
    this.#tap.whenReady(() => {
      this.releasePhone(BEHIND.audit);
      this.releaseServer(BEHIND.audit);
    });
  }

  holdPhone(reason: number): void {
    if (this.#phoneBehind === 0) this.#phone.pauseRequest();
    this.#phoneBehind |= reason;
  }

  releasePhone(reason: number): void {
    if ((this.#phoneBehind & reason) === 0) return;
    this.#phoneBehind &= ~reason;
    if (this.#phoneBehind === 0) this.#phone.resumeRequest();
  }

  /** The exchange is over: whatever its phone waited for no longer counts. */
  releasePhoneForGood(): void {
    if (this.#phoneBehind === 0) return;
    this.#phoneBehind = 0;
    this.#phone.resumeRequest();
  }

  holdServer(reason: number): void {
    if (this.#serverBehind === 0) this.server?.pauseResponse();
    this.#serverBehind |= reason;
  }

  releaseServer(reason: number): void {
    if ((this.#serverBehind & reason) === 0) return;
    this.#serverBehind &= ~reason;
    if (this.#serverBehind === 0) this.server?.resumeResponse();
  }
}
