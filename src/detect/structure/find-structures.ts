import type { Taxonomy } from '../../model/data-type.ts';
import type { Field, Layer } from '../../model/layer.ts';
import type { Hit } from '../hit.ts';
import { isThroughCodec, valueSpan } from '../match.ts';
import { isSentinel } from '../patterns/sentinel.ts';
import { KeyIndex, type KeyMeaning, type Sought } from './key-index.ts';
import { ListCollector } from './lists.ts';
import { isUtdid } from './self-checking.ts';

/** Longer values are documents, not values. */
const VALUE_CHARACTERS_MAX = 4_096;

/**
 * Finds data that has no secret value but a clear form under a telling name, lists of apps and networks, and ids that prove
 * themselves. Types of which the profile knows the values are left to those: another value is another device's.
 */
export class StructureFinder {
  readonly #keys: KeyIndex;
  readonly #knownTypes: ReadonlySet<string>;
  readonly #seeksUtdid: boolean;
  /** Bodies and heads that were looked into so far. */
  #bodies = 0;

  constructor(taxonomy: Taxonomy, knownTypes: ReadonlySet<string>) {
    this.#keys = new KeyIndex(taxonomy, knownTypes);
    this.#knownTypes = knownTypes;
    this.#seeksUtdid = taxonomy.has('utdid') && !knownTypes.has('utdid');
  }

  /** @param taken fields in which a known value was found already; `index:start` of each. */
  find(layers: readonly Layer[], taken: ReadonlySet<string>): readonly Hit[] {
    const body = ++this.#bodies;
    this.#keys.beginBody();
    const hits: Hit[] = [];
    /** Types of lists that were told, and of ids that prove themselves. */
    let told: Set<string> | null = null;
    const tell = (hit: Hit) => {
      told ??= new Set();
      if (told.has(hit.dataType)) return;
      told.add(hit.dataType);
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
        if (meaning === null) {
          if (
            text.length === UTDID_CHARACTERS &&
            this.#seeksUtdid &&
            isUtdid(text) &&
            !taken.has(`${index}:${field.start}`)
          ) {
            tell(hitOf(index, layer, field, 'utdid', 'plain', 'self-checking', text));
          }
          continue;
        }
        for (const sought of meaning.sought) {
          if (sought.toldIn === body) continue;
          const hit = this.#judge(layer, index, field, text.trim(), meaning, sought, taken);
          if (hit === null) continue;
          sought.toldIn = body;
          hits.push(hit);
        }
      }
      for (const hit of lists.hits()) if (!this.#knownTypes.has(hit.dataType)) tell(hit);
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
    const transform = judged(value, meaning, sought);
    if (transform === null || (taken.size > 0 && taken.has(`${index}:${field.start}`))) return null;
    const isSelfChecking = transform === 'plain' && sought.form?.selfChecking === true;
    const match = isSelfChecking ? 'self-checking' : 'structure';
    return hitOf(index, layer, field, sought.dataType, transform, match, value);
  }
}

function hitOf(
  index: number,
  layer: Layer,
  field: Field,
  dataType: string,
  transform: string,
  match: Hit['match'],
  value: string,
): Hit {
  return { layer: index, field, ...spanOf(layer, field), dataType, valueIndex: null, transform, match, value };
}

/** Its keyed hash proves one whatever its field is called. */
const UTDID_CHARACTERS = 24;

/** {@link transformOf}, remembered for the value that was judged last. */
function judged(value: string, meaning: KeyMeaning, sought: Sought): string | null {
  const { last } = sought;
  if (last.value === value) return last.transform;
  const transform = transformOf(value, meaning, sought);
  if (value.length <= REMEMBERED_CHARACTERS_MAX) {
    last.value = value;
    last.transform = transform;
  }
  return transform;
}

/** V8 copies so many characters out of a text; a longer piece would hold on to all of it. */
const REMEMBERED_CHARACTERS_MAX = 12;

/** How a value was made of one of the type: `plain`, or the digest that the name promises; null when its form is another. */
function transformOf(value: string, { key, digest }: KeyMeaning, { form }: Sought): string | null {
  const isDigest = digest !== null && value.length === digest.digits && /^[0-9a-f]+$/i.test(value);
  if (!isDigest && (form === undefined || !form.fits(value, key))) return null;
  if (saysNothing(value)) return null;
  return isDigest ? `${digest.name}-hex` : 'plain';
}

/** Short values are words and small numbers, for which `false` and `33` are answers. */
function saysNothing(value: string): boolean {
  return value.length < SENTINEL_CHARACTERS_MIN ? NO_ANSWER.test(value) : isSentinel(value);
}

const SENTINEL_CHARACTERS_MIN = 6;
const NO_ANSWER = /^(?:null|none|n\/?a|nan|nil|-+|\?+)$/i;

function spanOf(layer: Layer, field: Field): { readonly start: number; readonly end: number } {
  const { start, end } = valueSpan(layer, field);
  return { start, end };
}
