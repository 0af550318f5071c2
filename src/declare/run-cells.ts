import { Looks } from './cell-looks.ts';
import type { Reader } from './label-data.ts';
import type { RunText } from './run-text.ts';
import type { LabelKind } from './words.ts';

/** Says how much the stretches of a run look like cells of each column. */
export class CellScores {
  /** How much the stretch looked at last looks like a cell of each column. */
  readonly of: Float64Array;
  private readonly looks: Looks;
  private readonly columns: readonly (LabelKind | null)[];
  /** For each column the first that asks for the same. */
  private readonly same: readonly number[];

  constructor(run: RunText, columns: readonly (LabelKind | null)[], reader: Reader) {
    this.of = new Float64Array(columns.length);
    this.looks = new Looks(run, columns, reader);
    this.columns = columns;
    const asked = columns.map((kind) => (kind !== null && OF_THEIR_OWN.has(kind) ? kind : null));
    this.same = asked.map((kind) => asked.indexOf(kind));
  }

  /** Begins a stretch at a seam. */
  begin(seam: number): void {
    this.looks.begin(seam);
  }

  /** Ends it at another. @returns whether it holds so much that no longer one is a cell. */
  end(next: number): boolean {
    const { looks, of, columns, same } = this;
    looks.end(next);
    const loss = looks.torn ? TORN : 0;
    for (let column = 0; column < columns.length; column++) {
      const known = same[column] as number;
      of[column] = known < column ? (of[known] as number) : scoreOf(columns[column] ?? null, looks) - loss;
    }
    return looks.isFull;
  }
}

/** Kinds whose cells look like no others; cells of the rest look alike. */
const OF_THEIR_OWN: ReadonlySet<LabelKind> = new Set([
  'name',
  'vendor',
  'data',
  'permission',
  'link',
  'site',
  'index',
  'platform',
  'way',
]);

/** What a cell loses that goes on before it, or behind it. */
const TORN = 2.5;

function scoreOf(kind: LabelKind | null, looks: Looks): number {
  switch (kind) {
    case 'name':
      return nameScore(looks);
    case 'vendor':
      return vendorScore(looks);
    case 'data':
      return dataScore(looks);
    case 'permission':
      return permissionScore(looks);
    case 'link':
    case 'site':
      return linkScore(looks);
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

function nameScore(looks: Looks): number {
  const { size, sdks } = looks;
  return (
    (size > 45 ? -2.5 : size > 25 ? 0 : 0.6) +
    (looks.endsSdk && sdks === 1 ? 2.2 : sdks > 0 ? -1 : looks.known ? 1.2 : 0) +
    (looks.hasAddress ? -6 : looks.linkText ? -2.5 : 0) +
    (looks.companies > 0 ? -3 : 0) +
    (looks.contact ? -3 : 0) +
    (looks.startsPurpose ? -1.5 : 0) +
    (looks.share > 0.5 && !looks.endsSdk ? -2 : 0) +
    (looks.ofUse ? 0.4 : 0) +
    (looks.empty || looks.number || size === 0 ? -3 : 0) -
    Math.min(3, looks.stops * 2 + looks.commas) -
    looks.lines * 0.4 -
    looks.early * 0.5
  );
}

function vendorScore(looks: Looks): number {
  const { companies, size } = looks;
  const seated = looks.endsCompany ? 3.5 + (looks.seat < 0 ? -1.8 : looks.seat * 0.8) : looks.contact ? 3 : 1;
  const named = looks.isKnown ? 1.2 : looks.known && size <= 8 ? 0.6 : looks.empty ? 0.8 : -0.5;
  return (
    (companies > 0 ? seated - (companies - 1) * 0.5 : looks.contact ? 1.5 : named) +
    (looks.hasAddress ? -6 : looks.linkText && companies === 0 ? -2 : 0) +
    (looks.share > 0.5 ? -1.5 : 0) +
    (size > 50 && !looks.contact ? -1.5 : 0) +
    (looks.sdks > 0 ? -1.5 : 0) +
    (looks.startsPurpose ? -1.5 : 0) -
    looks.stops -
    (looks.contact ? 0 : looks.lines * 0.3 + looks.early * 0.5)
  );
}

function dataScore(looks: Looks): number {
  const { share, size } = looks;
  const listed = Math.min(3, share * 4.5) + (share > 0.3 ? Math.min(1.5, size / 20) : 0) - (share === 0 ? 1.5 : 0);
  return (
    (looks.empty ? 2 : listed) +
    (looks.hasAddress ? -6 : looks.linkText ? -3 : 0) +
    (looks.companies > 0 ? -3 : 0) +
    (looks.contact ? -4 : 0) +
    (looks.endsSdk ? -2 : 0) +
    (looks.startsPurpose ? -1 : 0) +
    (looks.permissions ? -2 : 0) +
    (share > 0.2 && looks.commas > 0 ? 0.3 : 0) +
    (looks.startsCollect ? 0.6 : 0)
  );
}

function permissionScore({ share, hasAddress, companies, empty, permissions, linkText, contact, text }: Looks): number {
  return (
    (permissions || /权限/.test(text) ? 2.2 : share > 0.4 ? 0.6 : empty ? 1.2 : -0.8) +
    (hasAddress ? -6 : linkText || contact ? -3 : 0) +
    (companies > 0 ? -3 : 0)
  );
}

function linkScore({ hasAddress, startsAddress, behindAddress, linkText, empty, size }: Looks): number {
  if (startsAddress) return 4 - (behindAddress > 0 ? 1 + Math.min(2, behindAddress / 20) : 0);
  return hasAddress ? -1 : linkText ? (size < 30 ? 2.8 : -1) : empty ? 0.2 : -4;
}

/** What it is for, where it is used, of what kind it is: words that are nothing else. */
function useScore(looks: Looks): number {
  const { share, size } = looks;
  return (
    0.4 +
    (looks.startsPurpose ? 1.2 : 0) +
    (looks.ofUse ? 0.8 : 0) +
    (looks.hasAddress ? -6 : looks.linkText ? -2.5 : 0) +
    (looks.companies > 0 ? -2.5 : 0) +
    (looks.contact ? -2 : 0) +
    (share > 0.6 ? -1.5 : share > 0.3 && looks.commas > 0 ? -0.5 : 0) +
    (looks.endsSdk ? -1.5 : looks.sdks > 0 ? -0.5 : 0) +
    (looks.empty ? -1 : 0) +
    (size > 120 ? -1 : 0) -
    looks.lines * 0.1 -
    looks.early * 0.5
  );
}
