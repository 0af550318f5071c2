import type { Deadlines, Watched } from './deadlines.ts';
import type { RelayLimits } from './limits.ts';
import { namedIn } from './origin.ts';
import type { Tap } from './tap.ts';

interface Challenge {
  readonly client: string;
  readonly host: string | null;
  readonly port: number | null;
  readonly at: number;
  readonly dueAt: number;
}

const OPEN_MAX = 1_000;

/**
 * Phones that were asked for a user and a password and have not named one yet. To be asked is how it begins, often on a connection that
 * is closed then; but an app that cannot answer gets nowhere, and what it would have sent was not seen.
 */
export class Challenges implements Watched {
  deadlineAt = Number.POSITIVE_INFINITY;
  readonly #tap: Tap;
  readonly #deadlines: Deadlines;
  readonly #answerMsMax: number;
  readonly #open = new Map<string, Challenge>();

  constructor(tap: Tap, deadlines: Deadlines, { credentialsMsMax }: RelayLimits) {
    this.#tap = tap;
    this.#deadlines = deadlines;
    this.#answerMsMax = credentialsMsMax;
    deadlines.watch(this);
  }

  /** @param target of the request: absolute, or a host and port. */
  asked(client: string, target: string): void {
    const { host, port } = namedIn(target) ?? { host: null, port: null };
    const key = `${client} ${host}`;
    if (this.#open.has(key)) return;
    const dueAt = this.#deadlines.now + this.#answerMsMax;
    this.#open.set(key, { client, host, port, at: this.#tap.now(), dueAt });
    if (this.#open.size > OPEN_MAX) this.#tell(...(this.#open.entries().next().value as [string, Challenge]));
    this.deadlineAt = Math.min(this.deadlineAt, dueAt);
  }

  /** The phone named a user who is known, on this connection or another. */
  answered(client: string, target: string): void {
    if (this.#open.size > 0) this.#open.delete(`${client} ${namedIn(target)?.host ?? null}`);
  }

  deadlinePassed(): void {
    for (const [key, challenge] of this.#open) {
      if (challenge.dueAt <= this.#deadlines.now) this.#tell(key, challenge);
      else this.deadlineAt = Math.min(this.deadlineAt, challenge.dueAt);
    }
  }

  /** No answer can come any more. */
  close(): void {
    for (const [key, challenge] of this.#open) this.#tell(key, challenge);
  }

  #tell(key: string, { client, host, port, at }: Challenge): void {
    this.#open.delete(key);
    const detail = 'The phone was asked for a user and a password and did not name one.';
    this.#tap.emit({
      type: 'gap',
      at,
      connection: null,
      exchange: null,
      host,
      port,
      gap: { kind: 'request-refused', at: ['request'], bytesUnread: null, detail },
      facts: { client, status: 407 },
    });
  }
}
