/** Code points of GBK's two-byte part → their bytes; made on first use, because few profiles need it. */
let table: ReadonlyMap<string, number> | null = null;

/** The bytes of a text in GBK; null when a character has none. Node only decodes it, so the table is read backwards. */
export function encodeGbk(text: string): Uint8Array | null {
  table ??= readTable();
  const bytes: number[] = [];
  for (const character of text) {
    const code = character < '\u0080' ? character.charCodeAt(0) : table.get(character);
    if (code === undefined) return null;
    if (code > 255) bytes.push(code >> 8);
    bytes.push(code & 255);
  }
  return Uint8Array.from(bytes);
}

function readTable(): ReadonlyMap<string, number> {
  const decoder = new TextDecoder('gbk');
  const codes = new Map<string, number>();
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      if ([...character].length === 1 && character !== '\ufffd' && !codes.has(character)) {
        codes.set(character, lead * 256 + trail);
      }
    }
  }
  return codes;
}
