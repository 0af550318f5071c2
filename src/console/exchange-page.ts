import { type ExchangeView, maskedUrl, type SideView } from '../audit/evidence-view.ts';
import type { LayerView, PartView } from '../audit/layer-view.ts';
import type { Direction } from '../model/exchange.ts';
import { maskValue } from '../model/finding.ts';
import { type Html, html } from '../model/html.ts';
import { address, layout, type PageContext, tableOf, timeOf } from './layout.ts';
import { phaseOf } from './list-pages.ts';

/** One exchange: what was found, and each layer of its heads and bodies with the findings marked where they stand. */
export function exchangePage(view: ExchangeView, context: PageContext): Html {
  const { text, language, reveal } = context;
  const { exchange, findings, gaps, sides } = view;
  const { columns } = text;
  const findingRows = findings.map((finding) => [
    html`<a href="#finding-${finding.id}">${finding.dataType}</a>`,
    finding.valueMasked,
    finding.transform,
    `${finding.direction} ${finding.place}${finding.field === null ? '' : ` ${finding.field}`}`,
    finding.decodeChain.join(' › '),
    `${finding.offset}+${finding.length}`,
  ]);
  const gapRows = gaps.map(({ gap }) => [gap.kind, gap.at.join(' · '), gap.detail ?? '']);
  const headings = [columns.dataType, columns.value, columns.transform, columns.place, text.layer, text.bytes];
  const toggle = address(`/exchanges/${exchange.id}`, { lang: language, reveal: reveal ? null : 1 });
  return layout(
    { ...context, capture: exchange.capture },
    'exchanges',
    html`<p class="line"><b>${exchange.request.method}</b> <span class="url">${reveal ? exchange.url : maskedUrl(exchange.url, findings)}</span></p>
<p>#${exchange.id} · ${timeOf(exchange.startedAt)} · ${exchange.response?.status ?? '–'} · ${exchange.recipient.name} · ${phaseOf(exchange.phase, text)}${exchange.error === null ? null : html` · <b>${exchange.error}</b>`}
· <a href="${toggle}">${reveal ? text.mask : text.reveal}</a></p>
${findings.length === 0 ? null : tableOf(headings, findingRows, text)}
${gapRows.length === 0 ? null : html`<h2>${text.sections.gaps}</h2>${tableOf([columns.kind, columns.place, columns.detail], gapRows, text)}`}
${(['request', 'response'] as const).map((direction) => sideSection(direction, sides[direction], context))}`,
    false,
  );
}

function sideSection(direction: Direction, side: SideView | null, context: PageContext): Html {
  const { text } = context;
  if (side === null) return html``;
  const body =
    side.body === null
      ? html`<p class="nothing">${side.bodySize === 0 ? text.noBody : text.notKept}</p>`
      : partSection(side.body, context);
  return html`<h2>${text[direction]}</h2><h3>${text.head}</h3>${partSection(side.head, context)}
<h3>${text.body} <small>${side.bodySize} ${text.bytes}</small></h3>${body}`;
}

function partSection(part: PartView, context: PageContext): Html {
  const { text } = context;
  return html`${part.layers.map((layer) => layerSection(layer, context))}
${part.layersLeft > 0 ? html`<p class="nothing">${part.layersLeft} ${text.layersLeft}</p>` : null}`;
}

function layerSection(layer: LayerView, { text, reveal }: PageContext): Html {
  const name = layer.chain.length === 0 ? text.asSent : layer.chain.join(' › ');
  return html`<details${layer.binary && layer.spans.length === 0 ? null : html` open`}><summary>${name} <small>${layer.size} ${text.bytes}</small></summary>
<pre>${markedText(layer, reveal)}</pre>${layer.left > 0 ? html`<p class="nothing">${layer.left} ${text.bytesLeft}</p>` : null}</details>
`;
}

/** The text with its findings marked; overlapping ones share a mark. Values are masked unless they were asked for. */
function markedText({ text, binary, spans }: LayerView, reveal: boolean): Html {
  const parts: Html[] = [];
  let read = 0;
  for (const [index, span] of spans.entries()) {
    if (span.start < read) continue;
    const together = spans.slice(index).filter(({ start }) => start < span.end);
    const end = Math.max(...together.map((other) => other.end));
    const value = text.slice(span.start, end);
    const title = together.map(({ dataType, transform }) => `${dataType} (${transform})`).join(', ');
    parts.push(html`${shown(text.slice(read, span.start), binary)}`);
    parts.push(
      html`<mark id="finding-${span.finding}" title="${title}">${shown(reveal ? value : maskValue(value), binary)}</mark>`,
    );
    read = end;
  }
  parts.push(html`${shown(text.slice(read), binary)}`);
  return html`${parts}`;
}

/** Bytes that are no text stand as dots, and so does what would reorder the line. */
function shown(text: string, binary: boolean): string {
  const harmless = text.replace(/\p{Cc}|\p{Bidi_Control}/gu, (sign) => ('\t\n\r'.includes(sign) ? sign : '·'));
  return binary ? harmless.replace(/[^ -~\n]/g, '·') : harmless;
}
