import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import type { CodecDefinition, Codecs } from '../model/codec.ts';
import { operatorError } from '../model/errors.ts';
import { type JsonFile, packagedFolder, readJsonFolder } from './folder.ts';
import { patternTrouble } from './pattern-trouble.ts';
import { Schemas } from './schema.ts';

/** The SDK codecs, and what tells one set of them from another. */
export interface CodecData {
  /** By the id of the SDK's signature. */
  readonly codecs: Codecs;
  /** SHA-256 (64 lower hex) over the files as they stand. */
  readonly digest: string;
}

/**
 * Reads signatures/codecs/ as shipped and, on top of it, the user's own folder: a file of the same name replaces a codec.
 *
 * @throws TelltaleError `signature-invalid` for a file that does not fit the schema, is not named after its codec, or holds a
 * pattern that is no regular expression.
 */
export function loadCodecs(options: { readonly extraFolder: string | null }): CodecData {
  const folders = [packagedFolder(), ...(options.extraFolder === null ? [] : [options.extraFolder])];
  const byName = new Map<string, JsonFile>();
  for (const folder of folders) {
    for (const file of readJsonFolder(join(folder, 'codecs'))) byName.set(basename(file.path, '.json'), file);
  }
  const schemas = new Schemas();
  const files = [...byName.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash('sha256');
  const codecs = new Map<string, CodecDefinition>();
  for (const [name, file] of files) {
    schemas.check('codec', file);
    const codec = file.value as CodecDefinition;
    if (codec.name !== name) throw invalid(file, '/name', `${name}, like the file's name, expected`);
    checkPatterns(file, codec);
    codecs.set(name, codec);
    digest.update(name).update('\0').update(file.text).update('\0');
  }
  return { codecs, digest: digest.digest('hex') };
}

function checkPatterns(file: JsonFile, codec: CodecDefinition): void {
  codec.variants.forEach(({ at, when }, number) => {
    const patterns = at === 'body' ? [] : [at.path, at.value];
    for (const pattern of [...patterns, ...when.flatMap(({ header }) => header?.matches ?? [])]) {
      const trouble = patternTrouble(pattern);
      if (trouble !== null) throw invalid(file, `/variants/${number}`, `${trouble}, not ${pattern}`);
    }
  });
}

function invalid(file: JsonFile, place: string, expected: string): Error {
  return operatorError('signature-invalid', { path: file.path, place, expected });
}
