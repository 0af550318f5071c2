/** One data type of signatures/data-types.json. */
export interface DataType {
  readonly id: string;
  readonly group: string;
  /** id: identifier, pi: personal information, perm: permission or access, gen: umbrella term, non: not personal by itself. */
  readonly class: 'id' | 'pi' | 'perm' | 'gen' | 'non';
  /** The broader terms that cover this one, nearest first in meaning; empty at the top. */
  readonly parents: readonly string[];
  readonly names: { readonly zh: string; readonly en: string };
  /** What policies call it. */
  readonly surfaces: { readonly zh: readonly string[]; readonly en: readonly string[] };
  /** What fields that carry it are called on the wire, lower case without separators. */
  readonly keyNames: readonly string[];
  /** Cannot be reset by the user (GB/T 41391-2022, annex F). */
  readonly immutable: boolean;
  /** Sensitive personal information (PIPL 28, TC260-PG-20244A). */
  readonly sensitive: boolean;
}

export type Taxonomy = ReadonlyMap<string, DataType>;

/** Whether `broad` is the type itself or one of the terms above it. */
export function covers(taxonomy: Taxonomy, broad: string, narrow: string): boolean {
  const open = [narrow];
  const seen = new Set<string>();
  while (open.length > 0) {
    const id = open.pop() as string;
    if (id === broad) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(taxonomy.get(id)?.parents ?? []));
  }
  return false;
}
