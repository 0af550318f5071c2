import type { Taxonomy } from '../../model/data-type.ts';

/** What a field's path says of its value. */
export interface KeyMeaning {
  /** The name that decided: lower case, without separators. */
  readonly key: string;
  /** Data types whose fields are called so. */
  readonly dataTypes: readonly string[];
  /** Path of the object or list that holds the field, numbers as `*`: fields beside each other have the same. */
  readonly parent: string;
}

/** Paths remembered; traffic repeats the same few. */
const REMEMBERED_MAX = 20_000;

/** Header names whose meaning is fixed by HTTP, so that they say nothing of the phone. */
const STANDARD_HEADERS = new Set(
  `age location host from referer origin date server via accept acceptlanguage useragent cookie contentlocation
  contentlanguage authorization signature package tel geo ip`.split(/\s+/),
);

/** Looks up field names in the taxonomy's key names, once for each path. */
export class KeyIndex {
  readonly #types = new Map<string, string[]>();
  readonly #known = new Map<string, KeyMeaning | null>();

  constructor(taxonomy: Taxonomy) {
    for (const [id, { keyNames, class: kind }] of taxonomy) {
      if (kind === 'non' || kind === 'gen') continue;
      for (const name of keyNames) this.#types.set(name, [...(this.#types.get(name) ?? []), id]);
    }
  }

  /** @returns null when the name means nothing. */
  meaningOf(path: string, syntax: string): KeyMeaning | null {
    if (syntax === 'path' || this.#types.size === 0) return null;
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    if (this.#known.size >= REMEMBERED_MAX) this.#known.clear();
    const meaning = this.#read(path, syntax);
    this.#known.set(path, meaning);
    return meaning;
  }

  /** `device.model` is first read as `devicemodel`, then as `model`; list indices are passed over. */
  #read(path: string, syntax: string): KeyMeaning | null {
    const segments = path.split(/[.[\]/]+/).filter((segment) => segment !== '');
    while (segments.length > 1 && /^\d+$/.test(segments.at(-1) as string)) segments.pop();
    const last = bareName(segments.at(-1) ?? '');
    if (syntax === 'header' && (STANDARD_HEADERS.has(last) || last.startsWith('sec'))) return null;
    const before = bareName(segments.at(-2) ?? '');
    const cut = path.lastIndexOf('.');
    const parent = cut === -1 ? '' : path.slice(0, cut).replace(/\d+/g, '*');
    for (const key of [before + last, last, last.replace(/^x/, '')]) {
      const dataTypes = this.#types.get(key);
      if (dataTypes !== undefined) return { key, dataTypes, parent };
    }
    return null;
  }
}

function bareName(segment: string): string {
  return segment.toLowerCase().replace(/[^a-z0-9\u4e00-\u9fff]/g, '');
}
