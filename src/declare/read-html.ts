import { type DefaultTreeAdapterTypes, parse, parseFragment } from 'parse5';
import { type Block, grid, line, type PolicyText } from './blocks.ts';
import { cut, EMPTY, join, type Passage, plainSigns, trim, visible } from './passage.ts';
import { Unread } from './unread.ts';

type Node = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;
type TextNode = DefaultTreeAdapterTypes.TextNode;

/** Elements whose text nobody reads: code, controls, and what tracked changes took out. */
const UNSHOWN = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'svg',
  'head',
  'del',
  's',
  'strike',
  'select',
  'button',
  'iframe',
  'object',
]);
const BREAKS = new Set(
  'address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul caption'.split(
    ' ',
  ),
);
/** What sets words apart inside a line; spans do by their class, others have only a language or a font, and end anywhere. */
const INLINE = new Set(['em', 'i', 'label', 'u']);
const SPAN_MAX = 200;
/** No table that a reader understands is wider; what stands beyond is left out. */
const COLUMNS_MAX = 100;
const DEPTH_MAX = 400;

/** Whether text is an HTML document rather than text that holds a few tags. */
export function looksLikeHtml(text: string): boolean {
  const head = text.slice(0, 4_000);
  if (/^\s*<(?:!doctype html|html|head|body|\?xml|div|section|article|main|meta|h[1-6]|p)\b/i.test(head)) return true;
  // Tables alone do not make a page: they are pasted into text as well.
  const structural = text.match(/<(?:p|div|li|h[1-6]|span)\b[^<>]*>/gi)?.length ?? 0;
  const lines = text.match(/\n[^\S\n]*[^\s<]/g)?.length ?? 0;
  return structural >= 8 && structural > lines;
}

/** Reads an HTML document. Comments, hidden elements and struck-out text do not count. */
export function readHtml(source: string, unread = new Unread()): PolicyText {
  const document = parse(source, { sourceCodeLocationInfo: true });
  const reader = new HtmlReader(source, 0, unread);
  reader.readChildren(document.childNodes as Node[]);
  const title = /<title[^<>]*>([^<]{1,200})<\/title>/i.exec(source)?.[1]?.trim() ?? null;
  return { source, blocks: reader.finish(), keepMarkup: false, title };
}

/** Reads a piece of HTML that stands at an offset of a larger text. */
export function readHtmlPiece(source: string, from: number, to: number, unread: Unread): Block[] {
  const fragment = parseFragment(source.slice(from, to), { sourceCodeLocationInfo: true });
  const reader = new HtmlReader(source, from, unread);
  reader.readChildren(fragment.childNodes as Node[]);
  return reader.finish();
}

class HtmlReader {
  private readonly blocks: Block[] = [];
  private parts: Passage[] = [];
  private heading = 0;
  private bold = 0;
  private boldLetters = 0;
  private letters = 0;
  private gap = 0;
  private item = false;
  private keepsLines = false;
  /** How many of the parts of a line stand in an element of their own at its beginning; 0 before it ended, and where there is none. */
  private leading = 0;
  private depth = 0;
  private readonly source: string;
  private readonly base: number;
  private readonly unread: Unread;

  constructor(source: string, base: number, unread: Unread) {
    this.source = source;
    this.base = base;
    this.unread = unread;
  }

  readChildren(nodes: readonly Node[]): void {
    if (++this.depth <= DEPTH_MAX) for (const node of nodes) this.readNode(node);
    else this.readFlat(nodes);
    this.depth--;
  }

  /** Below a depth that no page needs only the words are read, without recursion. */
  private readFlat(nodes: readonly Node[]): void {
    const { base, source } = this;
    const at = nodes.find((node) => node.sourceCodeLocation)?.sourceCodeLocation?.startOffset ?? 0;
    this.unread.add('elements-nested', source.slice(base + at, base + at + 60));
    const open = [...nodes].reverse();
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (node.nodeName === '#text') this.addText(node as TextNode);
      else if ('tagName' in node && !UNSHOWN.has(node.tagName))
        for (const child of [...node.childNodes].reverse() as Node[]) open.push(child);
    }
  }

  finish(): Block[] {
    this.endLine();
    return this.blocks;
  }

  private readNode(node: Node): void {
    if (node.nodeName === '#text') this.addText(node as TextNode);
    else if ('tagName' in node) this.readElement(node);
  }

  private readElement(element: Element): void {
    const name = element.tagName;
    if (UNSHOWN.has(name) || isHidden(element)) return;
    if (name === 'br') {
      this.endLine();
      return;
    }
    if (name === 'table' && this.addTable(element)) return;
    const breaks = BREAKS.has(name);
    if (breaks) this.endLine();
    if (name === 'li') this.item = true;
    const outer = this.heading;
    if (/^h[1-6]$/.test(name)) this.heading = Number(name[1]);
    const strong =
      name === 'b' ||
      name === 'strong' ||
      name === 'dt' ||
      /font-weight:\s*(?:bold|[6-9]00)/i.test(attribute(element, 'style') ?? '');
    if (strong) this.bold++;
    if (name === 'a') this.addLink(attribute(element, 'href'));
    const outerLines = this.keepsLines;
    if (name === 'pre' || /white-space:\s*(?:pre|break-spaces)/i.test(attribute(element, 'style') ?? ''))
      this.keepsLines = true;
    const isFirst = !breaks && this.parts.every(({ text }) => text.trim() === '');
    this.readChildren(element.childNodes as Node[]);
    if (isFirst && (strong || setsApart(element))) this.leading = this.parts.length;
    this.keepsLines = outerLines;
    if (strong) this.bold--;
    if (breaks) this.endLine();
    this.heading = outer;
  }

  private addLink(href: string | undefined): void {
    if (href !== undefined && /^https?:/i.test(href)) this.parts.push({ text: '', at: [], links: [href] });
  }

  private addText(node: TextNode): void {
    const passage = textOf(this.source, node, this.base);
    if (this.keepsLines) {
      this.addLines(passage);
      return;
    }
    this.letters += passage.text.trim().length;
    if (this.bold > 0) this.boldLetters += passage.text.trim().length;
    this.parts.push(passage);
  }

  /** Text whose line ends are kept on the page, and its empty lines with them. */
  private addLines(passage: Passage): void {
    let from = 0;
    for (let end = passage.text.indexOf('\n'); end !== -1; end = passage.text.indexOf('\n', from)) {
      const one = cut(passage, from, end);
      this.letters += one.text.trim().length;
      this.parts.push(one);
      const isEmpty = this.parts.every(({ text }) => text.trim() === '');
      this.endLine();
      this.gap = isEmpty ? this.gap + 1 : 0;
      from = end + 1;
    }
    this.letters += passage.text.length - from;
    this.parts.push(cut(passage, from));
  }

  private endLine(): void {
    const passage = trim(collapse(join(this.parts.length === 0 ? [EMPTY] : this.parts, '')));
    if (passage.text !== '') {
      const heading =
        this.heading > 0 ? this.heading : this.boldLetters > 0 && this.boldLetters >= this.letters * 0.9 ? 7 : 0;
      this.blocks.push({ ...line(passage, this.gap, heading, this.item), lead: this.leadSize() });
      this.item = false;
    } else if (passage.links.length > 0) this.addLinksToLast(passage.links);
    this.parts = [];
    this.leading = 0;
    this.letters = 0;
    this.boldLetters = 0;
  }

  /** The letters of the element that a line begins with, when more follow. */
  private leadSize(): number {
    if (this.leading === 0 || this.leading === this.parts.length) return 0;
    const lead = this.parts.slice(0, this.leading);
    return trim(collapse(join(lead, ''))).text.length;
  }

  /** A link without words of its own belongs to the line before it. */
  private addLinksToLast(links: readonly string[]): void {
    const last = this.blocks.at(-1);
    if (last?.kind !== 'line') return;
    this.blocks[this.blocks.length - 1] = {
      ...last,
      passage: { ...last.passage, links: [...last.passage.links, ...links] },
    };
  }

  /** Adds a table that holds data; false for one that only lays out the page. */
  private addTable(element: Element): boolean {
    const rows = rowsOf(element);
    if (rows.length === 0 || rows.some((row) => row.some((cell) => hasTable(cell)))) return false;
    if (Math.max(...rows.map((row) => row.length)) < 2) return false;
    this.endLine();
    this.blocks.push(grid(spread(rows, (cell) => this.readCell(cell), this.unread)));
    return true;
  }

  private readCell(cell: Element): Passage {
    const reader = new HtmlReader(this.source, this.base, this.unread);
    reader.readChildren(cell.childNodes as Node[]);
    const lines = reader.finish().flatMap((block) => (block.kind === 'line' ? [block.passage] : block.rows.flat()));
    if (lines.length > 0) return join(lines, '\n');
    return { text: '', at: [], links: linksBelow(cell) };
  }
}

function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((one) => one.name === name)?.value;
}

function setsApart(element: Element): boolean {
  return INLINE.has(element.tagName) || (element.tagName === 'span' && attribute(element, 'class') !== undefined);
}

function isHidden(element: Element): boolean {
  if (element.attrs.length === 0) return false;
  const style = attribute(element, 'style') ?? '';
  return (
    /display:\s*none|visibility:\s*hidden|text-decoration[^;]*line-through|mso-hide:\s*all/i.test(style) ||
    attribute(element, 'hidden') !== undefined
  );
}

function linksBelow(element: Element): string[] {
  return (element.childNodes as Node[]).flatMap((node) => {
    if (!('tagName' in node)) return [];
    const href = node.tagName === 'a' ? attribute(node, 'href') : undefined;
    return [...(href !== undefined && /^https?:/i.test(href) ? [href] : []), ...linksBelow(node)];
  });
}

/** A text node with the offset of each of its characters; entities have none. */
function textOf(source: string, node: TextNode, base: number): Passage {
  const location = node.sourceCodeLocation;
  const text = node.value;
  if (location === null || location === undefined)
    return { text, at: new Array<number>(text.length).fill(-1), links: [] };
  const raw = source.slice(base + location.startOffset, base + location.endOffset);
  const at: number[] = [];
  let from = 0;
  for (let index = 0; index < text.length; index++) {
    if (raw[from] === text[index] && !(raw[from] === '&' && /^&(?:#\w+|\w+);/.test(raw.slice(from, from + 12)))) {
      at.push(base + location.startOffset + from++);
    } else if (raw[from] === '\r' && text[index] === '\n') {
      at.push(-1);
      from += raw[from + 1] === '\n' ? 2 : 1;
    } else {
      at.push(-1);
      from += /^&(?:#x?[0-9a-f]+|\w+);?/i.exec(raw.slice(from, from + 40))?.[0].length ?? 1;
    }
  }
  return visible({ text: plainSigns(text), at, links: [] });
}

/** White space of the source is one space on the page; between Chinese characters a line break is none at all. */
function collapse(passage: Passage): Passage {
  const { text } = passage;
  if (!/\s\s|[\n\t\r\f]/.test(text)) return passage;
  const at: number[] = [];
  let kept = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index] as string;
    if (!/\s/.test(character)) {
      kept += character;
      at.push(passage.at[index] as number);
      continue;
    }
    let to = index;
    while (to + 1 < text.length && /\s/.test(text[to + 1] as string)) to++;
    const broken = /[\n\r]/.test(text.slice(index, to + 1));
    const wide = (one: string | undefined) => one !== undefined && /[\u2e80-\u9fff\uff00-\uffef]/.test(one);
    if (!(broken && wide(text[index - 1]) && wide(text[to + 1]))) {
      kept += ' ';
      at.push(to === index && character === ' ' ? (passage.at[index] as number) : -1);
    }
    index = to;
  }
  return { text: kept, at, links: passage.links };
}

function rowsOf(table: Element): Element[][] {
  const rows: Element[][] = [];
  const visit = (element: Element) => {
    for (const node of element.childNodes as Node[]) {
      if (!('tagName' in node) || isHidden(node)) continue;
      if (node.tagName === 'tr') {
        rows.push(
          (node.childNodes as Node[]).filter(
            (cell): cell is Element => 'tagName' in cell && (cell.tagName === 'td' || cell.tagName === 'th'),
          ),
        );
      } else if (node.tagName === 'thead' || node.tagName === 'tbody' || node.tagName === 'tfoot') visit(node);
    }
  };
  visit(table);
  return rows.filter((row) => row.length > 0);
}

function hasTable(element: Element): boolean {
  return (element.childNodes as Node[]).some(
    (node) => 'tagName' in node && (node.tagName === 'table' || hasTable(node)),
  );
}

/** Lays out rows so that merged cells stand in every place they cover. */
function spread(rows: readonly (readonly Element[])[], read: (cell: Element) => Passage, unread: Unread): Passage[][] {
  const laid: Passage[][] = rows.map(() => []);
  rows.forEach((row, index) => {
    let column = 0;
    for (const cell of row) {
      while (laid[index]?.[column] !== undefined) column++;
      if (column >= COLUMNS_MAX) {
        unread.add('table-columns', read(cell).text);
        break;
      }
      const passage = read(cell);
      const wide = Math.min(span(cell, 'colspan'), COLUMNS_MAX - column);
      const high = span(cell, 'rowspan');
      for (let down = 0; down < high && index + down < rows.length; down++) {
        for (let right = 0; right < wide; right++) (laid[index + down] as Passage[])[column + right] = passage;
      }
      column += wide;
    }
  });
  return laid.map((row) => Array.from(row, (cell) => cell ?? EMPTY));
}

function span(cell: Element, name: 'colspan' | 'rowspan'): number {
  const value = Number.parseInt(attribute(cell, name) ?? '1', 10);
  return Number.isInteger(value) && value > 0 ? Math.min(value, SPAN_MAX) : 1;
}
