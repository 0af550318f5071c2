/** One length-prefixed message of gRPC or gRPC-web. */
export interface GrpcFrame {
  readonly start: number;
  readonly end: number;
  readonly compressed: boolean;
  /** The last frame of gRPC-web: trailers as header lines. */
  readonly trailers: boolean;
}

const FRAME_HEAD_BYTES = 5;
const FRAMES_MAX = 10_000;

/**
 * Reads length-prefixed messages; null when the bytes are something else. A last message that breaks off counts when `mayBreakOff`,
 * and reaches to the end.
 */
export function readGrpcFrames(bytes: Uint8Array, mayBreakOff: boolean): readonly GrpcFrame[] | null {
  const frames: GrpcFrame[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length && frames.length < FRAMES_MAX; ) {
    const flags = bytes[at] as number;
    if ((flags & 0x7e) !== 0 || at + FRAME_HEAD_BYTES > bytes.length)
      return mayBreakOff && frames.length > 0 ? frames : null;
    const start = at + FRAME_HEAD_BYTES;
    const end = start + view.getUint32(at + 1);
    if (end > bytes.length && !mayBreakOff) return null;
    frames.push({
      start,
      end: Math.min(end, bytes.length),
      compressed: (flags & 1) !== 0,
      trailers: (flags & 0x80) !== 0,
    });
    at = end;
  }
  return frames.length > 0 ? frames : null;
}
