import { isCompany, urlIn } from './entry.ts';
import { fold } from './fold.ts';
import { dataShare, type Reader } from './label-data.ts';
import type { Passage } from './passage.ts';
import { hits, type LabelKind } from './words.ts';

/** Permissions named without the word: 相机、存储. */
const BARE_PERMISSIONS =
  /^(?:[\s、,/]|和|及|与|(?:相机|摄像头|存储|麦克风|录音|电话|定位|位置|网络|相册|通讯录|蓝牙|日历|短信|传感器|通知|剪切板|身体传感器|(?:粗略|精准|精确)定位|nfc)(?:权限)?)+$/;

/** How to reach a company: it stands with its name. */
export const CONTACT = /^(?:联系(?:方式|电话|邮箱)|客服电话|电话|邮箱)/;

/** Whether a cell names nothing but permissions: beside a column of data that is where it belongs. */
export function namesPermissions(passage: Passage, reader: Reader): boolean {
  return isPermissions(looksOf(passage, reader).folded);
}

/** The same of folded text. */
export function isPermissions(folded: string): boolean {
  return BARE_PERMISSIONS.test(folded) || folded.split(/[、,;。\s]+/).every(isPermission);
}

/** `相机权限`, or several run together; nothing, behind the last sign. */
function isPermission(words: string, index: number): boolean {
  if (words === '') return index > 0;
  return words.endsWith('权限') && words.split('权限').every((name) => name.length <= 12);
}

/** What a cell looks like, whatever its column. */
interface Looks {
  readonly text: string;
  readonly folded: string;
  readonly url: boolean;
  readonly link: boolean;
  readonly share: number;
  readonly empty: boolean;
  readonly company: boolean;
  readonly sdk: boolean;
}

/** Cells are held against one column after the other. */
const looks = new WeakMap<Passage, Looks>();

function looksOf(passage: Passage, reader: Reader): Looks {
  const known = looks.get(passage);
  if (known !== undefined) return known;
  const text = passage.text.trim();
  const folded = fold(text, reader.words);
  const { patterns } = reader.words;
  const address = urlIn(text);
  const url = address !== null && text.length - address.length < 16;
  const found: Looks = {
    text,
    folded,
    url,
    link: url || (text.length < 30 && (hits(patterns.linkText, folded) || passage.links.length > 0)),
    share: dataShare(folded, reader.lexicon),
    empty: hits(patterns.emptyValue, folded),
    company: isCompany(text, reader.words),
    sdk: text.length < 50 && (/sdk/.test(folded) || hits(patterns.knownSdk, folded)),
  };
  looks.set(passage, found);
  return found;
}

/** How much a line looks like a cell of a column. */
export function columnScore(kind: LabelKind | null, passage: Passage, reader: Reader): number {
  const { text, folded, url, link, share, empty, company, sdk } = looksOf(passage, reader);
  const { patterns } = reader.words;
  switch (kind) {
    case 'name':
      return (
        (url ? -5 : link ? -2.5 : 0) +
        (empty ? -3 : 0) +
        (sdk ? (/sdk/.test(folded) ? 2.2 : 1.2) : 0) +
        (text.length > 45 ? -2.5 : text.length <= 25 ? 0.6 : 0) +
        (/[。；;]/.test(text) ? -2 : 0) +
        (share > 0.5 && !sdk ? -2 : 0) +
        (company ? -0.8 : 0) +
        (/^(?:用于|向|提供|帮助|实现|为)/.test(folded) ? -1 : 0)
      );
    case 'vendor':
      return (
        (link ? -4 : 0) +
        (company ? 3 : -0.3) +
        (CONTACT.test(folded) ? 2 : share > 0.5 ? -1.5 : 0) +
        (text.length > 50 ? -1.5 : 0) +
        (sdk && !company ? -0.6 : 0)
      );
    case 'data':
      return (
        (url ? -5 : link ? -3 : 0) +
        Math.min(3, share * 4.5) -
        (share === 0 && !empty ? 1 : 0) +
        (empty ? 1.5 : 0) +
        (company ? -2 : 0) +
        (/sdk$/.test(folded) ? -2 : 0) +
        (hits(patterns.purposeNoun, folded) ? -2 : 0) +
        (CONTACT.test(folded) ? -5 : 0)
      );
    case 'permission':
      return (
        (link ? -4 : 0) +
        (/权限|permission/.test(folded) || BARE_PERMISSIONS.test(folded) ? 2.2 : share > 0.4 ? 0.6 : -0.8) +
        (empty ? 1 : 0) +
        (company ? -2 : 0)
      );
    case 'link':
    case 'site':
      return url ? 4 : link ? 2.8 : empty ? 0.2 : -3;
    case 'index':
      return /^\d{1,3}[.、]?$/.test(text) ? 3 : -4;
    case 'way':
      return (
        (link ? -4 : 0) +
        (/方式|本机|采集|接口|传输|自行|嵌入|后台|加密|collect|automatic/.test(folded) ? 1.5 : -0.6) +
        (share > 0.6 ? -1.5 : 0)
      );
    case 'platform':
      return (
        (link ? -4 : 0) +
        (/^[\s/、,&和及]*(?:(?:android|ios|安卓|苹果|双端|鸿蒙|全平台|harmonyos)[\s/、,&和及端]*)+$/.test(folded)
          ? 3
          : -1.5)
      );
    case 'category':
      return (link ? -4 : 0) + (text.length <= 10 ? 0.6 : -1) + (sdk ? -1 : 0) + (share > 0.6 ? -1 : 0);
    default:
      return (
        (url ? -5 : link ? -2.5 : 0) +
        (company ? -2 : 0) +
        (share > 0.6 ? -1 : 0) +
        (hits(patterns.purposeStart, folded) ? 0.8 : 0) +
        (hits(patterns.purposeNoun, folded) ? 1.6 : 0) +
        (/sdk$/.test(folded) ? -1 : 0) +
        0.4
      );
  }
}
