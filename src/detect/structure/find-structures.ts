import type { Taxonomy } from '../../model/data-type.ts';
import type { Field, Layer } from '../../model/layer.ts';
import type { Hit } from '../hit.ts';
import { valueSpan } from '../match.ts';
import { isSentinel } from '../patterns/sentinel.ts';
import { KeyIndex, type KeyMeaning } from './key-index.ts';
import { ListCollector } from './lists.ts';
import { VALUE_FORMS } from './value-form.ts';

/** Longer values are documents, not values. */
const VALUE_CHARACTERS_MAX = 4_096;

/** Digests under a name that says so: the name's ending, and the hex digits it promises. */
const DIGEST_KEYS: readonly (readonly [ending: RegExp, name: string, digits: number])[] = [
  [/md5$/, 'md5', 32],
  [/sha1$/, 'sha1', 40],
  [/sha256$/, 'sha256', 64],
];

/**
 * Finds data that has no secret value but a clear form under a telling name, lists of apps and networks, and ids that prove
 * themselves. Types of which the profile knows the values are left to those: another value is another device's.
 */
export class StructureFinder {
  readonly #keys: KeyIndex;
  readonly #knownTypes: ReadonlySet<string>;

  constructor(taxonomy: Taxonomy, knownTypes: ReadonlySet<string>) {
    this.#keys = new KeyIndex(taxonomy);
    this.#knownTypes = knownTypes;
  }

  /** @param taken fields in which a known value was found already; `index:start` of each. */
  find(layers: readonly Layer[], taken: ReadonlySet<string>): readonly Hit[] {
    let hits = NONE;
    let told: Set<string> | null = null;
    const tell = (hit: Hit | null, kind: string) => {
      told ??= new Set();
      if (hit === null || told.has(kind)) return;
      told.add(kind);
      if (hits === NONE) hits = [];
      hits.push(hit);
    };
    for (let index = 0; index < layers.length; index++) {
      const layer = layers[index] as Layer;
      if (layer.fields.length === 0) continue;
      const lists = new ListCollector(index);
      for (const field of layer.fields) {
        const { text } = field;
        if (text === null || text === '' || text.length > VALUE_CHARACTERS_MAX) continue;
        const meaning = this.#keys.meaningOf(field.path, field.syntax);
        lists.take(layer, field, text, meaning);
        if (meaning === null || (taken.size > 0 && taken.has(`${index}:${field.start}`))) continue;
        for (const dataType of meaning.dataTypes) {
          tell(
            this.#judge(dataType, meaning, layer, index, field, text),
            `${dataType}/${meaning.parent}/${meaning.key}`,
          );
        }
      }
      for (const hit of lists.hits()) if (!this.#knownTypes.has(hit.dataType)) tell(hit, hit.dataType);
    }
    return hits;
  }

  #judge(dataType: string, { key }: KeyMeaning, layer: Layer, index: number, field: Field, text: string): Hit | null {
    if (this.#knownTypes.has(dataType)) return null;
    const form = VALUE_FORMS[dataType];
    const value = text.trim();
    const digest = digestOf(key, value);
    if (digest === null && (form === undefined || !form.fits(value, key))) return null;
    if (value.length > 1 && isSentinel(value)) return null;
    const match = digest === null && form?.selfChecking === true ? 'self-checking' : 'structure';
    const transform = digest ?? 'plain';
    return { layer: index, field, ...spanOf(layer, field), dataType, valueIndex: null, transform, match, value };
  }
}

const NONE: Hit[] = [];

function digestOf(key: string, value: string): string | null {
  for (const [ending, name, digits] of DIGEST_KEYS) {
    if (ending.test(key) && value.length === digits && /^[0-9a-f]+$/i.test(value)) return `${name}-hex`;
  }
  return null;
}

function spanOf(layer: Layer, field: Field): { readonly start: number; readonly end: number } {
  const { start, end } = valueSpan(layer, field);
  return { start, end };
}
