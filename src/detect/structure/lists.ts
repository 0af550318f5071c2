import type { Field, Layer } from '../../model/layer.ts';
import type { Hit } from '../hit.ts';
import { valueSpan } from '../match.ts';
import type { KeyMeaning, PathFacts } from './key-index.ts';

/** Fewer package names are those of the app and its SDK. */
const PACKAGES_MIN = 3;
const NETWORKS_MIN = 2;

/** The beginnings of package names: those that Android apps in use have. */
const PACKAGE =
  /^(?:com|cn|org|net|io|me|tv|co|air|tw|hk|jp|kr|us|uk|de|fr|ru|app|mobi|info|edu|ctrip|tmsdk)(?:\.[a-z][a-z0-9_]*){1,7}$/;
const PROCESS = /^[a-z]{2,6}(?:\.[a-z][a-z0-9_]*){1,7}:[\w.]{1,40}$/;
/** An address among other things of an access point, in a field that speaks of them: `14:75:90:aa:bb:cc,-60,Office`. */
const MAC_WITHIN = /(?<![0-9a-f:-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![0-9a-f:-])/gi;
const MAC = /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i;

const CELL_NUMBER = /^[1-9]\d{1,11}$/;

const NO_HITS: readonly Hit[] = [];

interface List {
  readonly kind: 'packages' | 'addresses' | 'names' | 'cells';
  readonly field: Field;
  readonly start: number;
  end: number;
  readonly meaning: KeyMeaning | null;
  readonly values: Set<string>;
}

/**
 * Gathers what only says something in number: package names, addresses of access points, names of networks, and the parts of a
 * cell's number beside each other.
 */
export class ListCollector {
  readonly #layer: number;
  #lists: Map<string, List> | null = null;

  constructor(layer: number) {
    this.#layer = layer;
  }

  take(layer: Layer, field: Field, text: string, { meaning, listPath, networks }: PathFacts): void {
    if (meaning !== null) {
      if (meaning.cellPart && CELL_NUMBER.test(text))
        this.#add('cells', meaning.parent, layer, field, meaning, meaning.key);
      if (listPath !== null && meaning.ssid) this.#add('names', listPath, layer, field, meaning, text);
    }
    if (text.length < 8) return;
    if (text.length > 17 && networks) this.#takeAddresses(layer, field, text, meaning, listPath);
    const first = text.charCodeAt(0) | 32;
    if (text.length === 17 && MAC.test(text)) {
      if (listPath !== null) this.#add('addresses', listPath, layer, field, meaning, text.toLowerCase());
    } else if ((first >= 97 && first <= 122) || text.length > 30) {
      if (text.includes('.')) this.#takePackages(layer, field, text, meaning, listPath);
    }
  }

  hits(): readonly Hit[] {
    if (this.#lists === null) return NO_HITS;
    return [...this.#lists.values()].flatMap((list) => {
      const dataType = typeOf(list);
      if (dataType === null) return [];
      const { field, start, end, values } = list;
      const value = [...values].slice(0, 20).join(',');
      return [
        {
          layer: this.#layer,
          field,
          start,
          end,
          dataType,
          valueIndex: null,
          transform: 'plain',
          match: 'structure',
          value,
        },
      ] as const;
    });
  }

  #takeAddresses(layer: Layer, field: Field, text: string, meaning: KeyMeaning | null, listPath: string | null): void {
    for (const [address] of text.matchAll(MAC_WITHIN)) {
      this.#add('addresses', listPath ?? field.path, layer, field, meaning, address.toLowerCase());
    }
  }

  #takePackages(layer: Layer, field: Field, text: string, meaning: KeyMeaning | null, listPath: string | null): void {
    // A process of an app's own is called after it: `com.example.app:push`.
    if (PACKAGE.test(text) || PROCESS.test(text)) {
      if (listPath !== null) this.#add('packages', listPath, layer, field, meaning, text);
      return;
    }
    if (text.length < 3 * 7 || !text.includes('com.')) return;
    for (const part of text.split(/[\s,;|#&"'[\]{}]+/)) {
      const name = part.replace(/[:=@/].*$/, '');
      if (PACKAGE.test(name)) this.#add('packages', field.path, layer, field, meaning, name);
    }
  }

  #add(kind: List['kind'], path: string, layer: Layer, field: Field, meaning: KeyMeaning | null, value: string): void {
    const key = `${kind} ${path}`;
    const { start, end } = valueSpan(layer, field);
    this.#lists ??= new Map();
    let list = this.#lists.get(key);
    if (list === undefined) {
      list = { kind, field, start, end, meaning, values: new Set<string>() };
      this.#lists.set(key, list);
    }
    list.values.add(value);
    list.end = Math.max(list.end, end);
  }
}

function typeOf({ kind, values, meaning, field }: List): string | null {
  if (kind === 'packages') {
    if (values.size < PACKAGES_MIN) return null;
    const makers = new Set([...values].map((name) => name.split('.').slice(0, 2).join('.')));
    if (makers.size < 2) return null;
    return meaning?.dataTypes.includes('running_processes') ? 'running_processes' : 'installed_apps';
  }
  if (kind === 'cells') {
    const area = values.has('lac') || values.has('tac');
    return area && [...values].some((key) => /^(?:cid|ci|cellid|nci|eci)$/.test(key)) ? 'cell_tower' : null;
  }
  if (values.size < NETWORKS_MIN) return null;
  return /bt|ble|blue/i.test(field.path) ? 'bluetooth_info' : 'wifi_list';
}
