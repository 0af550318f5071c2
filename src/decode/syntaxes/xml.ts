import { bufferOf, isSpace } from '../characters.ts';
import { Attributes } from './attributes.ts';

/** Takes one text run or attribute value with its span; `raw` is it as it stands, entities and all. False stops the reading. */
export type TakeXmlValue = (path: string, start: number, end: number) => boolean;

const NESTING_MAX = 64;
const NAME_LENGTH_MAX = 100;
/** HTML's elements without an end tag. */
const VOID = new Set([
  'area',
  'base',
  'br',
  'col',
  'embed',
  'hr',
  'img',
  'input',
  'link',
  'meta',
  'source',
  'track',
  'wbr',
]);
const TAG = /<(\/?)([A-Za-z_\u0080-\u00ff][\w:.\u0080-\u00ff-]*)/y;

/**
 * Reads the text runs and attribute values of XML or HTML, however badly it is formed.
 *
 * Paths are element names from the outside in, attributes with an `@`: `report.device.@mac`. Nothing is declared, fetched or
 * expanded: entities of the document's own stay as they are, so they can neither grow nor reach out.
 */
export function readXml(bytes: Uint8Array, latin1: string, take: TakeXmlValue): void {
  const open: string[] = [];
  let at = 0;
  while (at < latin1.length) {
    const less = latin1.indexOf('<', at);
    const textEnd = less === -1 ? latin1.length : less;
    if (!takeText(bytes, open, at, textEnd, take) || less === -1) return;
    const special = afterSpecial(bytes, latin1, less, open, take);
    if (special !== null) {
      at = special;
      continue;
    }
    TAG.lastIndex = less;
    const tag = TAG.exec(latin1);
    if (tag === null) {
      at = less + 1;
      continue;
    }
    const name = (tag[2] as string).slice(0, NAME_LENGTH_MAX);
    const end = tag[1] === '/' ? closeTag(latin1, TAG.lastIndex, open, name) : openTag(bytes, latin1, open, name, take);
    if (end === -1) return;
    at = end;
  }
  return;
}

/** Passes a comment, declaration or processing instruction, and takes what a CDATA section holds; null for a tag. */
function afterSpecial(
  bytes: Uint8Array,
  latin1: string,
  less: number,
  open: readonly string[],
  take: TakeXmlValue,
): number | null {
  if (latin1.startsWith('<!--', less)) return after(latin1, '-->', less);
  if (latin1.startsWith('<![CDATA[', less)) {
    const close = latin1.indexOf(']]>', less);
    const end = close === -1 ? latin1.length : close;
    return takeText(bytes, open, less + 9, end, take) && close !== -1 ? close + 3 : latin1.length;
  }
  if (latin1.startsWith('<?', less)) return after(latin1, '?>', less);
  if (latin1.startsWith('<!', less)) return after(latin1, '>', less);
  return null;
}

function after(latin1: string, mark: string, from: number): number {
  const at = latin1.indexOf(mark, from);
  return at === -1 ? latin1.length : at + mark.length;
}

function takeText(bytes: Uint8Array, open: readonly string[], start: number, end: number, take: TakeXmlValue): boolean {
  let from = start;
  let to = end;
  while (from < to && isSpace(bytes[from] as number)) from++;
  while (to > from && isSpace(bytes[to - 1] as number)) to--;
  return from === to || take(open.join('.'), from, to);
}

/** Where the text after an end tag starts; closes the element and those left open in it. */
function closeTag(latin1: string, at: number, open: string[], name: string): number {
  const element = open.lastIndexOf(name);
  if (element !== -1) open.length = element;
  return after(latin1, '>', at);
}

/** Reads the attributes of a start tag; where the text after it starts, or -1 when the taker has had enough. */
function openTag(bytes: Uint8Array, latin1: string, open: string[], name: string, take: TakeXmlValue): number {
  const nested = open.length < NESTING_MAX;
  if (nested) open.push(name);
  const attributes = new Attributes(bytes, TAG.lastIndex);
  const path = open.join('.');
  while (attributes.next()) {
    const { nameStart, nameEnd, isAscii, valueStart, valueEnd } = attributes;
    if (valueStart === valueEnd) continue;
    const labelEnd = Math.min(nameEnd, nameStart + NAME_LENGTH_MAX);
    const label = isAscii ? latin1.slice(nameStart, labelEnd) : bufferOf(bytes).toString('utf8', nameStart, labelEnd);
    if (!take(`${path}.@${label}`, valueStart, valueEnd)) return -1;
  }
  const close = latin1.indexOf('>', attributes.at);
  const end = close === -1 ? latin1.length : close + 1;
  const lower = name.toLowerCase();
  if (nested && (latin1[close - 1] === '/' || VOID.has(lower))) open.pop();
  else if (lower === 'script' || lower === 'style') return rawEnd(latin1, end, lower);
  return end;
}

/** Scripts and styles are no text: their content is searched as bytes. */
function rawEnd(latin1: string, from: number, name: string): number {
  const at = latin1.indexOf(`</${name}`, from);
  return at === -1 ? latin1.length : at;
}
