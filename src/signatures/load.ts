import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Taxonomy } from '../model/data-type.ts';
import { operatorError } from '../model/errors.ts';
import type { Signature } from '../model/signature.ts';
import { dataTypeFiles, parseTaxonomy } from './data-types.ts';
import { type JsonFile, packagedFolder, readJsonFile, readJsonFolder } from './folder.ts';
import { parseSignature } from './parse-signature.ts';
import { Schemas } from './schema.ts';

/** Everything telltale knows as data rather than code. */
export interface SignatureData {
  /** In the order of their ids. */
  readonly signatures: readonly Signature[];
  readonly taxonomy: Taxonomy;
  /** SHA-256 (64 lower hex) over the files as they stand: two runs with the same digest judge by the same data. */
  readonly digest: string;
  /** rules.json as read; null when there is none. Whoever judges parses it. */
  readonly raw: { readonly rules: unknown };
}

/**
 * Reads signatures/ as shipped and, on top of it, the user's own folder of the same layout: a file of the same name replaces an
 * SDK or the rules, entries of data-types.json replace single types.
 *
 * @throws TelltaleError `signature-invalid` naming file and place; `file-unreadable` for an extra folder that is not there.
 */
export function loadSignatureData(options: { readonly extraFolder: string | null }): SignatureData {
  const extra = options.extraFolder;
  if (extra !== null && !existsSync(extra)) {
    throw operatorError('file-unreadable', { path: extra, reason: 'there is no such folder' });
  }
  const folders = [packagedFolder(), ...(extra === null ? [] : [extra])];
  const schemas = new Schemas();

  const typeFiles = dataTypeFiles(extra);
  const taxonomy = parseTaxonomy(typeFiles, schemas);

  const byId = new Map<string, JsonFile>();
  for (const folder of folders) {
    for (const file of readJsonFolder(join(folder, 'sdks'))) byId.set(basename(file.path, '.json'), file);
  }
  const sdkFiles = [...byId.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file);
  const signatures = sdkFiles.map((file) => parseSignature(file, schemas));

  const rules = folders
    .map((folder) => readJsonFile(join(folder, 'rules.json')))
    .filter((file) => file !== null)
    .at(-1);
  if (rules) schemas.check('rules', rules);

  return {
    signatures,
    taxonomy,
    digest: digestOf([...typeFiles, ...sdkFiles, ...(rules ? [rules] : [])]),
    raw: { rules: rules?.value ?? null },
  };
}

/** Names and lengths go in with the texts, so that no two sets of files run together into the same bytes. */
function digestOf(files: readonly JsonFile[]): string {
  const hash = createHash('sha256');
  for (const { path, text } of files) hash.update(`${basename(path)}\n${text.length}\n${text}\n`);
  return hash.digest('hex');
}
