import type { Reader } from './label-data.ts';
import { addressesIn, type RunText } from './run-text.ts';
import { hits, type LabelKind } from './words.ts';

/** Says how much a stretch of a run looks like a cell of each column. Offsets are those of the run's text. */
export type CellScores = (from: number, to: number) => (kind: LabelKind | null) => number;

/** What a stretch looks like, whatever its column. */
interface Looks {
  readonly size: number;
  readonly share: number;
  readonly hasAddress: boolean;
  readonly startsAddress: boolean;
  /** Letters behind the first address. */
  readonly behindAddress: number;
  readonly companies: number;
  readonly endsCompany: boolean;
  readonly sdks: number;
  readonly endsSdk: boolean;
  readonly known: boolean;
  /** Whether it is a known name and nothing else. */
  readonly isKnown: boolean;
  readonly startsPurpose: boolean;
  readonly startsCollect: boolean;
  /** Whether it begins with the place of a company's seat: 1; has one further on: −1; has none: 0. */
  readonly seat: -1 | 0 | 1;
  /** Whether it ends with a comma or in an open bracket, or begins with what belongs to the words before. */
  readonly torn: boolean;
  readonly empty: boolean;
  readonly stops: number;
  readonly commas: number;
  readonly number: boolean;
  readonly text: string;
}

/** Prepares the scoring of a run's stretches: what stands where is looked up once for the whole of it. */
export function cellScores(run: RunText, reader: Reader): CellScores {
  const { folded } = run;
  const { patterns } = reader.words;
  const addressEnd = new Map(addressesIn(run.passage.text));
  const addresses = tally(folded.length, [...addressEnd.keys()]);
  const companyEnds = [...folded.matchAll(patterns.companyEnd)].map((match) => match.index + match[0].length);
  const companies = tally(
    folded.length,
    companyEnds.map((end) => end - 1),
  );
  const ends = new Set(companyEnds);
  const sdkEnds = [...folded.matchAll(/sdk(?:\([^()]{1,30}\))?/g)].map((match) => match.index + match[0].length);
  const sdks = tally(
    folded.length,
    sdkEnds.map((end) => end - 1),
  );
  const sdkAt = new Set(sdkEnds);
  const knownEnd = new Map(
    [...folded.matchAll(patterns.knownSdk)].map(({ 0: name, index }) => [index, index + name.length]),
  );
  const known = tally(folded.length, [...knownEnd.keys()]);
  const purposes = new Set([...folded.matchAll(patterns.purposeStart)].map((match) => match.index));
  const collects = new Set([...folded.matchAll(patterns.collectVerb)].map((match) => match.index));
  const seats = [...folded.matchAll(patterns.place)].map((match) => match.index).filter((at) => folded[at - 1] !== '(');
  const seatAt = new Set(seats);
  const places = tally(folded.length, seats);
  const depth = depths(folded);
  const stops = tally(
    folded.length,
    [...folded.matchAll(/[。;；]/g)].map((match) => match.index),
  );
  const commas = tally(
    folded.length,
    [...folded.matchAll(/[、，,]/g)].map((match) => match.index),
  );
  const between = (counts: Uint32Array, from: number, to: number) => (counts[to] as number) - (counts[from] as number);
  return (from, to) => {
    const size = between(run.letters, from, to);
    const text = to - from <= SHORT_MAX ? folded.slice(from, to).trim() : '';
    const looks: Looks = {
      size,
      share: size === 0 ? 0 : between(run.named, from, to) / size,
      hasAddress: between(addresses, from, to) > 0,
      startsAddress: addressEnd.has(from),
      behindAddress: between(run.letters, Math.min(to, addressEnd.get(from) ?? to), to),
      companies: between(companies, from, to),
      endsCompany: ends.has(to),
      sdks: between(sdks, from, to),
      endsSdk: sdkAt.has(to),
      known: between(known, from, to) > 0,
      isKnown: knownEnd.get(from) === to,
      startsPurpose: purposes.has(from),
      startsCollect: collects.has(from),
      seat: between(places, from + 1, to) > 0 ? -1 : seatAt.has(from) ? 1 : 0,
      torn: isTorn(folded, from, to) || depth[from] !== depth[to],
      empty: text !== '' && text.length < EMPTY_MAX && hits(patterns.emptyValue, text),
      stops: between(stops, from, to),
      commas: between(commas, from, to),
      number: /^\d{1,3}$/.test(text),
      text,
    };
    return (kind) => scoreOf(kind, looks, reader) - (looks.torn ? TORN : 0);
  };
}

/** What a cell loses that goes on before it, or behind it. */
const TORN = 2.5;

function isTorn(folded: string, from: number, to: number): boolean {
  return /[、,/和及与(]/.test(folded[to - 1] as string)
    ? !folded.slice(Math.max(from, to - 300), to).includes('://') || folded[to - 1] !== '/'
    : /[、,)]/.test(folded[from] as string);
}

/** For each offset how many brackets are open in front of it; one that is never closed does not count for long. */
function depths(folded: string): Uint8Array {
  const depth = new Uint8Array(folded.length + 1);
  let open = 0;
  let since = 0;
  for (let index = 0; index < folded.length; index++) {
    depth[index] = open;
    if (folded[index] === '(') {
      open = Math.min(open + 1, BRACKETS_MAX);
      since = index;
    } else if (folded[index] === ')') open = Math.max(0, open - 1);
    if (index - since > BRACKET_SIZE_MAX) open = 0;
  }
  depth[folded.length] = open;
  return depth;
}

const BRACKETS_MAX = 9;
const BRACKET_SIZE_MAX = 300;

const SHORT_MAX = 40;
const EMPTY_MAX = 14;

/** For each offset how many places stand before it. */
function tally(length: number, places: readonly number[]): Uint32Array {
  const counts = new Uint32Array(length + 1);
  for (const place of places) counts[place + 1] = (counts[place + 1] as number) + 1;
  for (let index = 1; index <= length; index++)
    counts[index] = (counts[index] as number) + (counts[index - 1] as number);
  return counts;
}

function scoreOf(kind: LabelKind | null, looks: Looks, reader: Reader): number {
  switch (kind) {
    case 'name':
      return nameScore(looks, reader);
    case 'vendor':
      return vendorScore(looks);
    case 'data':
      return dataScore(looks);
    case 'permission':
      return permissionScore(looks);
    case 'link':
    case 'site':
      return linkScore(looks, reader);
    case 'index':
      return looks.number ? 3 : -6;
    case 'platform':
      return looks.text !== '' && PLATFORMS.test(looks.text) ? 3 : -2;
    case 'way':
      return useScore(looks) + (looks.size <= 16 && WAY.test(looks.text) ? 1.5 : -0.6);
    default:
      return useScore(looks);
  }
}

const PLATFORMS = /^[\s/、,&和及]*(?:(?:android|ios|安卓|苹果|双端|鸿蒙|全平台|harmonyos)[\s/、,&和及端]*)+$/;
const WAY = /方式|本机|采集|接口|传输|自行|嵌入|后台|加密|获取/;

function nameScore(
  {
    size,
    share,
    hasAddress,
    companies,
    sdks,
    endsSdk,
    known,
    startsPurpose,
    empty,
    stops,
    commas,
    number,
    text,
  }: Looks,
  reader: Reader,
): number {
  return (
    (size > 45 ? -2.5 : size > 25 ? 0 : 0.6) +
    (endsSdk && sdks === 1 ? 2.2 : sdks > 0 ? -1 : known ? 1.2 : 0) +
    (hasAddress ? -6 : 0) +
    (companies > 0 ? -3 : 0) +
    (startsPurpose ? -1.5 : 0) +
    (share > 0.5 && !endsSdk ? -2 : 0) +
    (text !== '' && hits(reader.words.patterns.purposeNoun, text) ? 0.4 : 0) +
    (empty || number || size === 0 ? -3 : 0) -
    Math.min(3, stops * 2 + commas)
  );
}

function vendorScore({
  size,
  share,
  hasAddress,
  companies,
  endsCompany,
  sdks,
  known,
  isKnown,
  startsPurpose,
  seat,
  empty,
  stops,
}: Looks): number {
  return (
    (companies > 0
      ? (endsCompany ? 3.5 + (seat < 0 ? -1.8 : seat * 0.8) : 1) - (companies - 1) * 1.5
      : isKnown
        ? 1.2
        : known && size <= 8
          ? 0.6
          : empty
            ? 0.8
            : -0.5) +
    (hasAddress ? -6 : 0) +
    (share > 0.5 ? -1.5 : 0) +
    (size > 50 ? -1.5 : 0) +
    (sdks > 0 ? -1.5 : 0) +
    (startsPurpose ? -1.5 : 0) -
    stops
  );
}

function dataScore({
  size,
  share,
  hasAddress,
  companies,
  endsSdk,
  empty,
  startsPurpose,
  startsCollect,
  commas,
}: Looks): number {
  return (
    (empty ? 2 : Math.min(3, share * 4.5) + (share > 0.3 ? Math.min(1.5, size / 20) : 0) - (share === 0 ? 1.5 : 0)) +
    (hasAddress ? -6 : 0) +
    (companies > 0 ? -3 : 0) +
    (endsSdk ? -2 : 0) +
    (startsPurpose ? -1 : 0) +
    (share > 0.2 && commas > 0 ? 0.3 : 0) +
    (startsCollect ? 0.6 : 0)
  );
}

function permissionScore({ share, hasAddress, companies, empty, text }: Looks): number {
  return (
    (/权限/.test(text) ? 2.2 : share > 0.4 ? 1 : empty ? 1.2 : -0.8) + (hasAddress ? -6 : 0) + (companies > 0 ? -3 : 0)
  );
}

function linkScore({ hasAddress, startsAddress, behindAddress, empty, text }: Looks, reader: Reader): number {
  if (startsAddress) return 4 - (behindAddress > 0 ? 1 + Math.min(2, behindAddress / 20) : 0);
  if (hasAddress) return -1;
  return text !== '' && hits(reader.words.patterns.linkText, text) ? 2.8 : empty ? 0.2 : -4;
}

/** What it is for, where it is used, of what kind it is: words that are nothing else. */
function useScore({ share, hasAddress, companies, endsSdk, sdks, startsPurpose, size, empty, commas }: Looks): number {
  return (
    0.4 +
    (startsPurpose ? 1.2 : 0) +
    (hasAddress ? -6 : 0) +
    (companies > 0 ? -2.5 : 0) +
    (share > 0.6 ? -1.5 : share > 0.3 && commas > 0 ? -0.5 : 0) +
    (endsSdk ? -1.5 : sdks > 0 ? -0.5 : 0) +
    (empty ? -1 : 0) +
    (size > 120 ? -1 : 0)
  );
}
