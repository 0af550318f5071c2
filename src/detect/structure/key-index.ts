import type { Taxonomy } from '../../model/data-type.ts';
import { VALUE_FORMS, type ValueForm } from './value-form.ts';

/** What is known of a path, whatever stands there. */
export interface PathFacts {
  /** Null when the name means nothing. */
  readonly meaning: KeyMeaning | null;
  /** The path with `*` for the numbers of list items: `wifi.*.bssid`; null when it leads into no list. */
  readonly listPath: string | null;
  /** Whether it speaks of access points. */
  readonly networks: boolean;
}

/**
 * A data type that is looked for under a name, and the form that its values must have. It is told once a body: the type under this
 * name beside the same other fields.
 */
export interface Sought {
  readonly dataType: string;
  readonly form: ValueForm | undefined;
  /** The value that was judged last, and what came of it: of what a phone says of itself, most is the same in each report. */
  readonly last: { value: string | null; transform: string | null };
  /** The number of the body in which it was told last. */
  toldIn: number;
}

/** What a field's path says of its value. */
export interface KeyMeaning {
  /** The name that decided: lower case, without separators. */
  readonly key: string;
  /** Data types whose fields are called so. */
  readonly dataTypes: readonly string[];
  /** Those of them that are looked for by their form. */
  readonly sought: readonly Sought[];
  /** The digest that the name promises, and its hex digits; null for none. */
  readonly digest: { readonly name: string; readonly digits: number } | null;
  /** Whether it names a part of a cell's number, or a network. */
  readonly cellPart: boolean;
  readonly ssid: boolean;
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

/** What has a model and is not the phone. */
const OTHER_THINGS = new Set('product goods item sku car vehicle ai llm chat watch camera printer'.split(' '));

/** Digests under a name that says so: the name's ending, and the hex digits it promises. */
const DIGEST_KEYS: readonly (readonly [ending: RegExp, name: string, digits: number])[] = [
  [/md5$/, 'md5', 32],
  [/sha1$/, 'sha1', 40],
  [/sha256$/, 'sha256', 64],
];

const CELL_PART = /^(?:lac|tac|cid|ci|cellid|nci|eci)$/;

const NO_FACTS: PathFacts = { meaning: null, listPath: null, networks: false };
const NETWORKS = /wi-?fi|wlan|bssid|scan|hotspot|(?:^|[._])aps?(?:$|[._])/i;

/** Looks up field names in the taxonomy's key names, once for each path. */
export class KeyIndex {
  readonly #types = new Map<string, string[]>();
  readonly #known = new Map<string, PathFacts>();
  /** Names of headers mean less than the same names elsewhere. */
  readonly #knownHeaders = new Map<string, PathFacts>();
  /** What is sought, by type, place and name. */
  readonly #soughtKinds = new Map<string, Sought>();
  readonly #left: ReadonlySet<string>;

  /** @param left data types that are not looked for by their form. */
  constructor(taxonomy: Taxonomy, left: ReadonlySet<string>) {
    this.#left = left;
    for (const [id, { keyNames, class: kind }] of taxonomy) {
      if (kind === 'non' || kind === 'gen') continue;
      for (const name of keyNames) this.#types.set(name, [...(this.#types.get(name) ?? []), id]);
    }
  }

  /** Forgets what is too much; never within a body, in which what is sought is the same object whatever path leads to it. */
  beginBody(): void {
    if (this.#known.size + this.#knownHeaders.size < REMEMBERED_MAX) return;
    this.#known.clear();
    this.#knownHeaders.clear();
    this.#soughtKinds.clear();
  }

  factsOf(path: string, syntax: string): PathFacts {
    if (syntax === 'path' || this.#types.size === 0) return NO_FACTS;
    const remembered = syntax === 'header' ? this.#knownHeaders : this.#known;
    const known = remembered.get(path);
    if (known !== undefined) return known;
    const facts = { meaning: this.#read(path, syntax), listPath: listPathOf(path), networks: NETWORKS.test(path) };
    remembered.set(path, facts);
    return facts;
  }

  /** `device.model` is first read as `devicemodel`, then as `model`; list indices are passed over. */
  #read(path: string, syntax: string): KeyMeaning | null {
    const segments = path.split(/[.[\]/]+/).filter((segment) => segment !== '');
    while (segments.length > 1 && /^\d+$/.test(segments.at(-1) as string)) segments.pop();
    const last = bareName(segments.at(-1) ?? '');
    if (syntax === 'header' && (STANDARD_HEADERS.has(last) || last.startsWith('sec'))) return null;
    const before = bareName(segments.at(-2) ?? '');
    if (last === 'model' && OTHER_THINGS.has(before)) return null;
    const cut = path.lastIndexOf('.');
    const parent = cut === -1 ? '' : path.slice(0, cut).replace(/\d+/g, '*');
    for (const key of [before + last, last, last.replace(/^x/, '')]) {
      const dataTypes = this.#types.get(key);
      if (dataTypes === undefined) continue;
      const cellPart = dataTypes.includes('cell_tower') && CELL_PART.test(key);
      const ssid = dataTypes.includes('ssid');
      const sought = this.#sought(dataTypes, parent, key);
      return { key, dataTypes, cellPart, ssid, parent, sought, digest: digestOf(key) };
    }
    return null;
  }

  #sought(dataTypes: readonly string[], parent: string, key: string): readonly Sought[] {
    return dataTypes
      .filter((dataType) => !this.#left.has(dataType))
      .map((dataType) => this.#soughtAs(dataType, `${dataType}/${parent}/${key}`));
  }

  #soughtAs(dataType: string, kind: string): Sought {
    let sought = this.#soughtKinds.get(kind);
    if (sought === undefined) {
      sought = { dataType, form: VALUE_FORMS[dataType], last: { value: null, transform: null }, toldIn: 0 };
      this.#soughtKinds.set(kind, sought);
    }
    return sought;
  }
}

function digestOf(key: string): KeyMeaning['digest'] {
  const found = DIGEST_KEYS.find(([ending]) => ending.test(key));
  return found === undefined ? null : { name: found[1], digits: found[2] };
}

/** `wifi.3.bssid` → `wifi.*.bssid`. */
function listPathOf(path: string): string | null {
  const listPath = path.replace(/(^|\.)\d+(?=\.|$)/g, '$1*');
  return listPath === path ? null : listPath;
}

function bareName(segment: string): string {
  return segment.toLowerCase().replace(/[^a-z0-9\u4e00-\u9fff]/g, '');
}
