import type { Taxonomy } from '../../model/data-type.ts';
import type { Field, Layer } from '../../model/layer.ts';
import type { Hit } from '../hit.ts';
import { isThroughCodec, valueSpan } from '../match.ts';
import { isSentinel } from '../patterns/sentinel.ts';
import { KeyIndex, type KeyMeaning, type Sought } from './key-index.ts';
import { ListCollector } from './lists.ts';

/** Longer values are documents, not values. */
const VALUE_CHARACTERS_MAX = 4_096;

/**
 * Finds data that has no secret value but a clear form under a telling name, lists of apps and networks, and ids that prove
 * themselves. Types of which the profile knows the values are left to those: another value is another device's.
 */
export class StructureFinder {
  readonly #keys: KeyIndex;
  readonly #knownTypes: ReadonlySet<string>;

  constructor(taxonomy: Taxonomy, knownTypes: ReadonlySet<string>) {
    this.#keys = new KeyIndex(taxonomy, knownTypes);
    this.#knownTypes = knownTypes;
  }

  /** @param taken fields in which a known value was found already; `index:start` of each. */
  find(layers: readonly Layer[], taken: ReadonlySet<string>): readonly Hit[] {
    let hits = NONE;
    const told = new Set<string>();
    const tell = (hit: Hit, kind: string) => {
      if (told.has(kind)) return;
      told.add(kind);
      if (hits === NONE) hits = [];
      hits.push(hit);
    };
    for (let index = 0; index < layers.length; index++) {
      const layer = layers[index] as Layer;
      const { fields } = layer;
      if (fields.length === 0 || isThroughCodec(layer)) continue;
      const lists = new ListCollector(index);
      for (let i = 0; i < fields.length; i++) {
        const field = fields[i] as Field;
        const { text } = field;
        if (text === null || text === '' || text.length > VALUE_CHARACTERS_MAX) continue;
        const facts = this.#keys.factsOf(field.path, field.syntax);
        lists.take(layer, field, text, facts);
        const { meaning } = facts;
        if (meaning === null) continue;
        for (const sought of meaning.sought) {
          if (told.has(sought.kind)) continue;
          const hit = this.#judge(layer, index, field, text.trim(), meaning, sought, taken);
          if (hit !== null) tell(hit, sought.kind);
        }
      }
      for (const hit of lists.hits()) if (!this.#knownTypes.has(hit.dataType)) tell(hit, hit.dataType);
    }
    return hits;
  }

  #judge(
    layer: Layer,
    index: number,
    field: Field,
    value: string,
    meaning: KeyMeaning,
    sought: Sought,
    taken: ReadonlySet<string>,
  ): Hit | null {
    const transform = transformOf(value, meaning, sought);
    if (transform === null || (taken.size > 0 && taken.has(`${index}:${field.start}`))) return null;
    const isSelfChecking = transform === 'plain' && sought.form?.selfChecking === true;
    const match = isSelfChecking ? 'self-checking' : 'structure';
    const { dataType } = sought;
    return { layer: index, field, ...spanOf(layer, field), dataType, valueIndex: null, transform, match, value };
  }
}

const NONE: Hit[] = [];

/** How a value was made of one of the type: `plain`, or the digest that the name promises; null when its form is another. */
function transformOf(value: string, { key, digest }: KeyMeaning, { form }: Sought): string | null {
  const isDigest = digest !== null && value.length === digest.digits && /^[0-9a-f]+$/i.test(value);
  if (!isDigest && (form === undefined || !form.fits(value, key))) return null;
  if (value.length > 1 && isSentinel(value)) return null;
  return isDigest ? `${digest.name}-hex` : 'plain';
}

function spanOf(layer: Layer, field: Field): { readonly start: number; readonly end: number } {
  const { start, end } = valueSpan(layer, field);
  return { start, end };
}
