/** What a compressed body gave: everything up to the place where it ended, broke, or grew beyond its limit. */
export interface Unpacked {
  readonly bytes: Uint8Array;
  /** Compressed bytes that stand behind `bytes`; as far as is known. */
  readonly read: number;
  readonly stopped: 'end' | 'cut' | 'damaged' | 'too-large';
}
