import { isCompany, urlIn } from './entry.ts';
import { fold } from './fold.ts';
import type { Columns } from './grid-entries.ts';
import { dataShare, type Reader } from './label-data.ts';
import type { Passage } from './passage.ts';
import { hits, type LabelKind } from './words.ts';

type Rows = readonly (readonly Passage[])[];
type Fits = (text: string) => boolean;

/** How many of a column's cells must look like what it is taken for. */
const SHARE_MIN = 0.5;
const NAME_SIZE_MAX = 40;

/** What the columns of a table without a head hold, by what their cells look like; null when none holds names or none data. */
export function guessColumns(rows: Rows, reader: Reader): Columns | null {
  const width = rows[0]?.length ?? 0;
  if (rows.length < 2 || width < 2) return null;
  const folded = (text: string) => fold(text, reader.words);
  const share = (column: number, fits: Fits) => {
    const cells = rows.flatMap((row) => (row[column]?.text.trim() ? [(row[column] as Passage).text.trim()] : []));
    return cells.length === 0 ? 0 : cells.filter(fits).length / cells.length;
  };
  const isData: Fits = (text) => dataShare(folded(text), reader.lexicon) > 0.4;
  const kinds: (LabelKind | null)[] = Array.from({ length: width }, () => null);
  const take = (kind: LabelKind, fits: Fits) => {
    const shares = kinds.map((known, column) => (known === null ? share(column, fits) : 0));
    const best = Math.max(...shares);
    if (best >= SHARE_MIN) kinds[shares.indexOf(best)] = kind;
  };
  take('index', (text) => /^\d{1,3}[.、]?$/.test(text));
  take('link', (text) => urlIn(text) !== null);
  take('vendor', (text) => text.length <= 60 && isCompany(text, reader.words));
  take('data', isData);
  const isName: Fits = (text) =>
    text.length <= NAME_SIZE_MAX &&
    // 社保卡SDK names data and is none.
    (/sdk\s*$/i.test(text) || !isData(text)) &&
    !/[。；;]/.test(text) &&
    !hits(reader.words.patterns.notName, folded(text));
  // Names are many and all different; what they are for comes back.
  const distinct = kinds.map((known, column) =>
    known === null && share(column, isName) >= NAMES_MIN ? new Set(rows.map((row) => row[column]?.text)).size : 0,
  );
  const sdks = kinds.map((known, column) =>
    known === null
      ? share(
          column,
          (text) => isName(text) && (/sdk/i.test(text) || hits(reader.words.patterns.knownSdk, folded(text))),
        )
      : 0,
  );
  const named = kinds.findIndex(
    (_, column) => (distinct[column] ?? 0) * 2 > rows.length && (sdks[column] ?? 0) === Math.max(...sdks),
  );
  // Names with nothing but addresses are a list of SDKs where most of them are known.
  const least = kinds.includes('data') ? SDKS_MIN : kinds.includes('link') ? LINKED_SDKS_MIN : 1;
  if (named === -1 || !(Math.max(...sdks) >= least)) return null;
  kinds[named] = 'name';
  return { kinds: kinds.map((kind) => kind ?? 'purpose'), heads: kinds.map(() => '') };
}

const NAMES_MIN = 0.8;
/** A table of SDKs without a head names at least some that are known, or says SDK. */
const SDKS_MIN = 0.2;
const LINKED_SDKS_MIN = 0.5;
