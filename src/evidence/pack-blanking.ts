import { unpacked } from './contents.ts';
import type { Connection } from './database.ts';
import { compressed } from './packing.ts';
import type { Protection } from './protection.ts';

/** Overwrites with zeros what nothing refers to any more in packs, and deletes packs that nothing refers to at all. */
export function blankPacks(database: Connection, protection: Protection): void {
  const update = database.prepare('UPDATE packs SET coding = ?, data = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM packs WHERE id = ?');
  database.exec(
    'CREATE TEMP TABLE used_spans AS SELECT head_pack AS pack, head_start AS start, head_size AS size FROM exchanges',
  );
  database.exec('INSERT INTO temp.used_spans SELECT pack, start, size FROM bodies WHERE pack IS NOT NULL');
  database.exec('CREATE INDEX temp.used_spans_pack ON used_spans (pack)');
  const spans = database.prepare('SELECT start, size FROM temp.used_spans WHERE pack = ?').raw();
  const ids = database.prepare('SELECT id FROM packs ORDER BY id').pluck().all() as number[];
  const read = database.prepare('SELECT coding, size, data FROM packs WHERE id = ?');
  for (const id of ids) {
    const used = spans.all(id) as [number, number][];
    if (used.length === 0) {
      remove.run(id);
      continue;
    }
    const row = read.get(id) as { coding: string; size: number; data: Buffer };
    const bytes = unpacked(row, protection);
    const kept = Buffer.alloc(bytes.length);
    for (const [start, size] of used) kept.set(bytes.subarray(start, start + size), start);
    if (kept.equals(bytes)) continue;
    const { coding, data } = compressed(kept, row.coding.startsWith('br') || isMostlyZero(kept), protection);
    update.run(coding, data, id);
  }
  database.exec('DROP TABLE temp.used_spans');
}

function isMostlyZero(bytes: Uint8Array): boolean {
  return bytes.reduce((zeros, byte) => zeros + (byte === 0 ? 1 : 0), 0) > bytes.length / 2;
}
