/**
 * HTTPS records (RFC 9460) in answers of DNS over HTTPS (RFC 8484): a browser that reads `alpn=h3` there speaks HTTP/3 without having
 * been told by the server.
 */

const TYPES = { svcb: 64, https: 65 } as const;
const ALPN_KEY = 1;
const POINTERS_MAX = 64;

/**
 * The message with its offers of HTTP/3 made illegible, not one byte longer or shorter, and the names whose records held them.
 * What cannot be read stays as it is.
 */
export function withoutQuicHints(message: Buffer): { readonly message: Buffer; readonly names: readonly string[] } {
  const changed = Buffer.from(message);
  const names: string[] = [];
  if (message.length < 12) return { message: changed, names };
  let at = 12;
  for (let left = message.readUInt16BE(4); left > 0 && at !== -1; left--) at = behindName(message, at, 4);
  let records = message.readUInt16BE(6) + message.readUInt16BE(8) + message.readUInt16BE(10);
  for (; records > 0 && at !== -1; records--) {
    const owner = at;
    const fixed = behindName(message, at, 10);
    if (fixed === -1) break;
    const type = message.readUInt16BE(fixed - 10);
    const end = fixed + message.readUInt16BE(fixed - 2);
    if (end > message.length) break;
    const isHint = type === TYPES.svcb || type === TYPES.https;
    if (isHint && hideHttp3(changed, fixed, end)) names.push(nameAt(message, owner));
    at = end;
  }
  return { message: changed, names };
}

/** Makes the offers in a record's data illegible. @returns whether there was one. */
export function hideHttp3(message: Buffer, start: number, end: number): boolean {
  let at = behindName(message, start + 2, 0);
  let found = false;
  while (at !== -1 && at + 4 <= end) {
    const key = message.readUInt16BE(at);
    const valueEnd = Math.min(end, at + 4 + message.readUInt16BE(at + 2));
    if (key === ALPN_KEY) {
      for (let id = at + 4; id < valueEnd; id += 1 + (message[id] as number)) {
        const name = message.toString('latin1', id + 1, Math.min(valueEnd, id + 1 + (message[id] as number)));
        if (!/^h3(?:-|$)/.test(name)) continue;
        // A protocol that nobody speaks: whoever reads the list passes over it.
        message[id + 2] = 0x30;
        found = true;
      }
    }
    at = valueEnd;
  }
  return found;
}

/** @returns where the bytes after a name and `more` bytes end; -1 when the message does. */
export function behindName(message: Buffer, start: number, more: number): number {
  for (let at = start; at < message.length; ) {
    const length = message[at] as number;
    if (length >= 0xc0 || length === 0) {
      const end = at + (length === 0 ? 1 : 2) + more;
      return end <= message.length ? end : -1;
    }
    at += 1 + length;
  }
  return -1;
}

/** A name as text, its pointers (RFC 1035 §4.1.4) followed so many times. */
export function nameAt(message: Buffer, start: number): string {
  const labels: string[] = [];
  let at = start;
  for (let steps = 0; steps < POINTERS_MAX && at < message.length; steps++) {
    const length = message[at] as number;
    if (length === 0) break;
    if (length >= 0xc0) at = ((length & 0x3f) << 8) | (message[at + 1] ?? 0);
    else {
      labels.push(message.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
  }
  return labels.join('.').toLowerCase();
}
