import type { Verdict } from '../../model/comparison.ts';
import { recipientAnchor, recipientKey, shortType, verdictAnchor } from '../overview.ts';
import type { ReportValue } from '../report-value.ts';
import type { Wording } from '../wording/wording.ts';
import { html, type Markup, px } from './markup.ts';
import { clip } from './matrix.ts';

const WIDTH = 1030;
const NODE = 10;
const GAP = 14;
/** Left edges of the three columns: data type, recipient, owner and place. */
const COLUMNS = [150, 440, 750] as const;

interface Node {
  readonly key: string;
  readonly label: string;
  readonly href: string | null;
  height: number;
  y: number;
  /** How much of its height is already taken by ribbons, on the left and on the right side. */
  taken: [number, number];
}

interface Ribbon {
  readonly from: Node;
  readonly to: Node;
  readonly thickness: number;
  readonly verdict: Verdict;
  readonly title: string;
}

/** What flowed where: data type → recipient → owner and place of the servers. */
export function flowsSection(value: ReportValue, wording: Wording): Markup {
  const seen = value.comparison.verdicts.filter(({ observed }) => observed);
  if (seen.length === 0) return html``;
  return html`<section id="flows"><h2>${wording.section.flows}</h2><p class="lead">${wording.intro.flows}</p>
<div class="scroll">${drawing(seen, value, wording)}</div></section>`;
}

function drawing(seen: readonly Verdict[], value: ReportValue, wording: Wording): Markup {
  const columns: [Map<string, Node>, Map<string, Node>, Map<string, Node>] = [new Map(), new Map(), new Map()];
  const [types, recipients, owners] = columns;
  const order = new Map(value.types.map(({ id }, index) => [id, index]));
  const sorted = [...seen].sort((a, b) => (order.get(a.data_type) ?? 0) - (order.get(b.data_type) ?? 0));
  const ribbons: Ribbon[] = [];
  const flows = sorted.map((verdict) => ({
    verdict,
    thickness: thicknessOf(verdict),
    type: nodeAt(types, verdict.data_type, shortType(value, verdict.data_type), null),
  }));
  for (const { recipient } of value.comparison.recipients) {
    if (!seen.some((one) => recipientKey(one.recipient) === recipientKey(recipient))) continue;
    nodeAt(recipients, recipientKey(recipient), recipient.name, `#${recipientAnchor(value, recipient)}`);
    const owner = ownerOf(recipient, value, wording);
    nodeAt(owners, owner, owner, null);
  }
  for (const { verdict, thickness, type } of flows) {
    const to = recipients.get(recipientKey(verdict.recipient)) as Node;
    const owner = owners.get(ownerOf(verdict.recipient, value, wording)) as Node;
    for (const node of [type, to, owner]) node.height += thickness;
    ribbons.push({ from: type, to, thickness, verdict, title: `${type.label} → ${to.label}` });
    ribbons.push({ from: to, to: owner, thickness, verdict, title: `${to.label} → ${owner.label}` });
  }
  const height = Math.max(...columns.map(stack)) + 8;
  for (const column of columns) centre(column, height);
  return html`<svg width="${WIDTH}" height="${px(height)}" viewBox="0 0 ${WIDTH} ${px(height)}" role="img" aria-label="${wording.section.flows}">
${ribbons.map((ribbon) => ribbonPath(ribbon, columns, value, wording))}
${columns.map((column, index) => [...column.values()].map((node) => nodeBox(node, index as 0 | 1 | 2)))}
</svg>`;
}

function thicknessOf({ count }: Verdict): number {
  return Math.min(26, 5 + Math.log2(1 + count) * 2.6);
}

/** `Acme Inc. (US) → Germany`: the owner, where it is at home, and where the servers stand, as far as each is known. */
function ownerOf(recipient: Verdict['recipient'], { comparison }: ReportValue, wording: Wording): string {
  const known = comparison.recipients.find((one) => recipientKey(one.recipient) === recipientKey(recipient));
  const owner = known?.vendor ?? (recipient.kind === 'first-party' ? wording.kind['first-party'] : recipient.id);
  const home = known?.vendor_country ? ` (${wording.country(known.vendor_country)})` : '';
  const places = (known?.countries ?? []).map(wording.country).join(wording.listSeparator);
  return `${clip(owner, places === '' ? 24 : 16)}${home}${places === '' ? '' : ` → ${places}`}`;
}

function nodeAt(column: Map<string, Node>, key: string, label: string, href: string | null): Node {
  const node = column.get(key) ?? { key, label, href, height: 0, y: 0, taken: [0, 0] };
  column.set(key, node);
  return node;
}

/** Puts the nodes of a column under each other; gives the column's height. */
function stack(column: ReadonlyMap<string, Node>): number {
  let y = 4;
  for (const node of column.values()) {
    node.y = y;
    y += Math.max(node.height, 12) + GAP;
  }
  return y - GAP + 4;
}

function centre(column: ReadonlyMap<string, Node>, height: number): void {
  const nodes = [...column.values()];
  const last = nodes.at(-1);
  if (last === undefined) return;
  const shift = (height - (last.y + Math.max(last.height, 12)) - 4) / 2;
  for (const node of nodes) node.y += Math.max(0, shift);
}

function ribbonPath(
  { from, to, thickness, verdict, title }: Ribbon,
  [, recipients]: readonly ReadonlyMap<string, Node>[],
  value: ReportValue,
  wording: Wording,
): Markup {
  const second = recipients?.get(from.key) === from;
  const x1 = COLUMNS[second ? 1 : 0] + NODE;
  const x2 = COLUMNS[second ? 2 : 1];
  const y1 = from.y + from.taken[1] + thickness / 2;
  const y2 = to.y + to.taken[0] + thickness / 2;
  from.taken[1] += thickness;
  to.taken[0] += thickness;
  const middle = (x1 + x2) / 2;
  return html`<a href="#${verdictAnchor(value, verdict)}"><path d="M${x1} ${px(y1)}C${middle} ${px(y1)} ${middle} ${px(y2)} ${x2} ${px(y2)}" style="fill:none;stroke:var(--${verdict.verdict});stroke-width:${px(thickness)};stroke-opacity:.42"><title>${title}${wording.colon}${wording.verdict[verdict.verdict]}</title></path></a>`;
}

function nodeBox(node: Node, column: 0 | 1 | 2): Markup {
  const x = COLUMNS[column];
  const y = node.y + Math.max(node.height, 12) / 2 + 5;
  const text =
    column === 0
      ? html`<text x="${x - 8}" y="${px(y)}" text-anchor="end">${clip(node.label, 20)}</text>`
      : html`<text class="on" x="${x + NODE + 8}" y="${px(y)}">${clip(node.label, column === 1 ? 34 : 38)}</text>`;
  return html`<rect x="${x}" y="${px(node.y)}" width="${NODE}" height="${px(Math.max(node.height, 2))}" rx="3" style="fill:var(--soft)"/>${
    node.href === null ? text : html`<a href="${node.href}">${text}</a>`
  }`;
}
