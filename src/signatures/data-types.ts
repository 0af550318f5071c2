import { join } from 'node:path';
import type { DataType, Taxonomy } from '../model/data-type.ts';
import { operatorError } from '../model/errors.ts';
import { type JsonFile, packagedFolder, readJsonFile } from './folder.ts';
import { Schemas } from './schema.ts';

/** One entry of signatures/data-types.json, as its schema allows it. */
interface DataTypeEntry {
  readonly group: string;
  readonly class: DataType['class'];
  readonly parents: readonly string[];
  readonly names: DataType['names'];
  readonly surfaces: DataType['surfaces'];
  readonly key_names: readonly string[];
  readonly immutable: boolean;
  readonly sensitive: boolean;
}

/**
 * Reads the taxonomy; entries of the user's folder add to it and replace those of the same id.
 *
 * @throws TelltaleError `signature-invalid` for an entry that does not fit the schema, a parent that does not exist, or a type
 * that is its own ancestor.
 */
export function loadTaxonomy(options: { readonly extraFolder: string | null }): Taxonomy {
  return parseTaxonomy(dataTypeFiles(options.extraFolder), new Schemas());
}

/** data-types.json of the package and of the user's folder, as far as they exist. */
export function dataTypeFiles(extraFolder: string | null): JsonFile[] {
  return [packagedFolder(), ...(extraFolder === null ? [] : [extraFolder])]
    .map((folder) => readJsonFile(join(folder, 'data-types.json')))
    .filter((file) => file !== null);
}

export function parseTaxonomy(files: readonly JsonFile[], schemas: Schemas): Taxonomy {
  const taxonomy = new Map<string, DataType>();
  for (const file of files) {
    schemas.check('data-types', file);
    for (const [id, entry] of Object.entries(file.value as Record<string, DataTypeEntry>)) {
      const { key_names: keyNames, ...rest } = entry;
      taxonomy.set(id, { id, ...rest, keyNames });
    }
  }
  for (const file of files) {
    for (const id of Object.keys(file.value as object)) {
      const trouble = ancestryTrouble(taxonomy, id);
      if (trouble !== null) {
        throw operatorError('signature-invalid', { path: file.path, place: `/${id}/parents`, expected: trouble });
      }
    }
  }
  return taxonomy;
}

/** What is wrong with the ancestors of a type; null when nothing is. */
function ancestryTrouble(taxonomy: Taxonomy, id: string): string | null {
  const seen = new Set<string>();
  const open = [...(taxonomy.get(id)?.parents ?? [])];
  while (open.length > 0) {
    const parent = open.pop() as string;
    if (parent === id) return `a chain of parents that does not lead back to ${id} expected`;
    if (!taxonomy.has(parent)) return `ids of existing data types expected (${parent} is none)`;
    if (seen.has(parent)) continue;
    seen.add(parent);
    open.push(...(taxonomy.get(parent)?.parents ?? []));
  }
  return null;
}
