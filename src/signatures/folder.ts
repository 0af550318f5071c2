import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { operatorError, unreadableFile } from '../model/errors.ts';

/** The folder that ships with telltale: two folders above this file both in src/ and in dist/. */
export function packagedFolder(): string {
  return fileURLToPath(new URL('../../signatures', import.meta.url));
}

/** A JSON file as read: its text goes into the digest, its value through a schema. */
export interface JsonFile {
  readonly path: string;
  readonly text: string;
  readonly value: unknown;
}

/** Reads a JSON file; null when there is none. */
export function readJsonFile(path: string): JsonFile | null {
  if (!existsSync(path)) return null;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadableFile(path, error);
  }
  try {
    return { path, text, value: JSON.parse(text) };
  } catch (error) {
    const expected = `JSON expected (${(error as Error).message})`;
    throw operatorError('signature-invalid', { path, place: 'whole file', expected }, { cause: error });
  }
}

/** Reads every `*.json` of a folder in the order of the names; an absent folder holds none. */
export function readJsonFolder(folder: string): JsonFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => readJsonFile(join(folder, name)) as JsonFile);
}
