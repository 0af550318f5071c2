import type { Declared } from '../model/comparison.ts';
import { covers, type Taxonomy } from '../model/data-type.ts';
import type { Statement } from './entry.ts';

/** How an entry of the policy declares one data type. */
export interface DeclaredAs {
  readonly declared: Declared;
  /** The entry's data types that say so. */
  readonly by: readonly string[];
  readonly statement: Statement | null;
}

/**
 * Ids that name the same thing. A policy that gives one of them has given the other.
 * `sim_serial` is how policies spell ICCID; GNSS data are what a precise location is made of.
 */
const SYNONYMS: readonly (readonly [string, string])[] = [
  ['iccid', 'sim_serial'],
  ['gnss_info', 'location_precise'],
];

/** Declaring the left declares the right: who says that the exact thing is taken has said that the rough one is. */
const IMPLIED: readonly (readonly [string, string])[] = [
  ['location_precise', 'location_coarse'],
  ['gnss_info', 'location_coarse'],
  ['wifi_list', 'ssid'],
  ['wifi_list', 'bssid'],
];

/**
 * Looks a data type up in what an entry declares.
 *
 * `clear`: the type itself, a synonym, something that implies it, or — for a generic type — one of its kinds stands in the entry.
 * `vague`: only a broader term covers it, by the subsumption graph. `omitted`: nothing does.
 */
export function declaredAs(types: ReadonlyMap<string, Statement>, dataType: string, taxonomy: Taxonomy): DeclaredAs {
  const ids = [...types.keys()];
  const clear = ids.filter((id) => names(id, dataType, taxonomy));
  const found = clear.length > 0 ? clear : ids.filter((id) => covers(taxonomy, id, dataType));
  return {
    declared: clear.length > 0 ? 'clear' : found.length > 0 ? 'vague' : 'omitted',
    by: found,
    statement: found[0] === undefined ? null : (types.get(found[0]) ?? null),
  };
}

function names(declared: string, dataType: string, taxonomy: Taxonomy): boolean {
  if (declared === dataType) return true;
  if (SYNONYMS.some((pair) => pair.includes(declared) && pair.includes(dataType))) return true;
  if (IMPLIED.some(([exact, rough]) => exact === declared && rough === dataType)) return true;
  return taxonomy.get(dataType)?.class === 'gen' && covers(taxonomy, dataType, declared);
}
