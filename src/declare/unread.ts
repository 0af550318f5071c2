import type { UnreadKind, UnreadStatement } from '../model/declaration.ts';

/** Where reading gave up at a limit. A policy that is read whole leaves it empty. */
export class Unread {
  private readonly places = new Map<UnreadKind, { count: number; readonly near: string }>();

  /** @param near the text where what was given up begins. */
  add(kind: UnreadKind, near: string): void {
    const place = this.places.get(kind);
    if (place === undefined) this.places.set(kind, { count: 1, near: near.trim().slice(0, NEAR_SIZE_MAX) });
    else place.count++;
  }

  /** One statement a kind, in the order of their first places. */
  statements(): UnreadStatement[] {
    return [...this.places].map(([kind, { count, near }]) => ({ kind, count, near }));
  }
}

const NEAR_SIZE_MAX = 60;
