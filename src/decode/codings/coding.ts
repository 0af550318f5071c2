/** A coding that a piece of text turned out to be in, and what it holds. */
export interface Coding {
  readonly step: string;
  readonly bytes: Uint8Array;
}
