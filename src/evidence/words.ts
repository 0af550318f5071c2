import type { Detection } from '../model/finding.ts';
import type { Recipient } from '../model/recipient.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './database.ts';
import { Interned, newestRows } from './interning.ts';
import type { Protection } from './protection.ts';
import { wellFormed } from './well-formed.ts';

/** Last steps of decode chains of which shapes are remembered, and shapes of each. */
const STEPS_MAX = 5_000;
const SHAPES_A_STEP_MAX = 16;
/** Recipients of which the row is known without writing a key. */
const RECIPIENTS_MAX = 5_000;

/** Rows that many others refer to. */
export class Words {
  readonly #protection: Protection;
  readonly #devices: Interned;
  readonly #hosts: Interned;
  readonly #paths: Interned;
  readonly #recipients: Interned;
  readonly #shapes: Interned;
  readonly #values: Interned;
  /** Shapes met lately, by the last steps of their decode chains: to compare takes less than to write a key and look it up. */
  readonly #met = new Map<string, MetShape[]>();

  readonly #metRecipients = new Map<string, { readonly recipient: Recipient; readonly row: number }>();

  constructor(database: Connection, batch: Batch, protection: Protection) {
    this.#protection = protection;
    const findBy = (sql: string) => {
      const statement = database.prepare(sql).pluck();
      return (key: string) => statement.get(key) as number | undefined;
    };
    const findRecipient = database
      .prepare('SELECT id FROM recipients WHERE kind = ? AND ident = ? AND name = ?')
      .pluck();
    this.#devices = new Interned(batch, 'devices', findBy('SELECT id FROM devices WHERE name = ?'));
    this.#hosts = new Interned(batch, 'hosts', findBy('SELECT id FROM hosts WHERE name = ?'));
    this.#recipients = new Interned(
      batch,
      'recipients',
      (key) => findRecipient.get(...(JSON.parse(key) as string[])) as number | undefined,
    );
    this.#paths = new Interned(batch, 'paths');
    for (const { id, path } of newestRows(database, 'paths', 'path'))
      this.#paths.remember(protection.showText(path as string), id as number);
    this.#values = new Interned(batch, 'found_values');
    for (const { id, value } of newestRows(database, 'found_values', 'value'))
      this.#values.remember(protection.showText(value as string), id as number);
    this.#shapes = new Interned(batch, 'finding_shapes');
  }

  device(name: string): number {
    const text = wellFormed(name);
    return this.#devices.idOf(text, () => [text]);
  }

  host(name: string): number {
    const text = wellFormed(name);
    return this.#hosts.idOf(text, () => [text]);
  }

  path(path: string): number {
    const text = wellFormed(path);
    return this.#paths.idOf(text, () => [this.#protection.hideText(text)]);
  }

  #valueId(value: string): number {
    const text = wellFormed(value);
    return this.#values.idOf(text, () => [this.#protection.hideText(text)]);
  }

  recipient(recipient: Recipient): number {
    const { kind, id, name } = recipient;
    const met = this.#metRecipients.get(id);
    if (met !== undefined && met.recipient.kind === kind && met.recipient.name === name) return met.row;
    const cells = [kind, wellFormed(id), wellFormed(name)];
    const row = this.#recipients.idOf(JSON.stringify(cells), () => cells);
    if (this.#metRecipients.size >= RECIPIENTS_MAX) this.#metRecipients.clear();
    this.#metRecipients.set(id, { recipient, row });
    return row;
  }

  /** The rows of a finding's shape and value. What it gives holds until it is asked again. */
  rowsOf(detection: Detection): FindingRows {
    const met = this.#shapeOf(detection);
    if (met.value !== detection.value) {
      met.value = detection.value;
      met.valueRow = this.#valueId(detection.value);
    }
    return met;
  }

  #shapeOf(detection: Detection): MetShape {
    const step = detection.decodeChain.at(-1) ?? '';
    const alike = this.#met.get(step);
    if (alike !== undefined) for (const met of alike) if (isSame(met.shape, detection)) return met;
    const { dataType, direction, place, field, decodeChain, transform, match, valueIndex } = detection;
    const shape = { dataType, direction, place, field, decodeChain, transform, match, valueIndex };
    const met = { shape, shapeRow: this.#shapeId(shape), value: null, valueRow: 0 };
    if (alike === undefined) {
      if (this.#met.size >= STEPS_MAX) this.#met.clear();
      this.#met.set(step, [met]);
    } else if (alike.length < SHAPES_A_STEP_MAX) alike.push(met);
    return met;
  }

  #shapeId({ dataType, direction, place, field, decodeChain, transform, match, valueIndex }: Shape): number {
    const chain = decodeChain.length === 0 ? '[]' : JSON.stringify(decodeChain);
    const key = `${dataType}\0${direction}\0${place}\0${field === null ? '' : `=${field}`}\0${chain}\0${transform}\0${match}\0${valueIndex}`;
    return this.#shapes.idOf(key, () => [
      dataType,
      direction,
      place,
      field === null ? null : this.#protection.hideText(wellFormed(field)),
      this.#protection.hideText(wellFormed(chain)),
      transform,
      match,
      valueIndex,
    ]);
  }
}

/** Where the two texts of a finding stand. */
export interface FindingRows {
  readonly shapeRow: number;
  readonly valueRow: number;
}

/** A shape that was met, and the value that was last found in it: mostly it is found again. */
interface MetShape extends FindingRows {
  readonly shape: Shape;
  value: string | null;
  valueRow: number;
}

/** What many findings have in common. */
type Shape = Pick<
  Detection,
  'dataType' | 'direction' | 'place' | 'field' | 'decodeChain' | 'transform' | 'match' | 'valueIndex'
>;

function isSame(one: Shape, other: Shape): boolean {
  return (
    one.dataType === other.dataType &&
    one.direction === other.direction &&
    one.place === other.place &&
    one.field === other.field &&
    one.transform === other.transform &&
    one.match === other.match &&
    one.valueIndex === other.valueIndex &&
    (one.decodeChain === other.decodeChain ||
      (one.decodeChain.length === other.decodeChain.length &&
        one.decodeChain.every((step, at) => step === other.decodeChain[at])))
  );
}
