import { alignedTable } from './aligned-table.ts';
import type { Block, PolicyText } from './blocks.ts';
import { cardLines } from './card-table.ts';
import type { Reader } from './label-data.ts';
import { labelKind } from './labels.ts';
import { cut, join, trim } from './passage.ts';
import { type FoundTable, separatedTable, TRIED_FITS_MAX, type Tries } from './separated-table.ts';

/** Finds the tables that only their words tell: lines whose cells are parted by commas, tables that are cards of fields. */
export function withTables(text: PolicyText, reader: Reader): PolicyText {
  const blocks: Block[] = [];
  const tries = { left: TRIED_FITS_MAX };
  let index = 0;
  while (index < text.blocks.length) {
    const block = text.blocks[index] as Block;
    const table = block.kind === 'line' ? tableAt(text, index, tries, reader) : null;
    const card = block.kind === 'grid' ? cardLines(block, text.blocks[index - 1], reader) : null;
    for (const one of card ?? [table?.grid ?? withColon(block, reader)]) blocks.push(one);
    index = table?.end ?? index + 1;
  }
  return { ...text, blocks };
}

function tableAt(text: PolicyText, index: number, tries: Tries, reader: Reader): FoundTable | null {
  return (
    separatedTable(text.blocks, index, tries, reader) ??
    (text.keepMarkup ? alignedTable(text.blocks, index, text.source, reader) : null)
  );
}

/** `<b>用途</b>推送`: a label that is told by how it is set has a colon to every rule. */
function withColon(block: Block, reader: Reader): Block {
  if (block.kind !== 'line' || !block.lead || block.lead > LEAD_SIZE_MAX) return block;
  const { passage, lead } = block;
  const [label, value] = [cut(passage, 0, lead), trim(cut(passage, lead))];
  const asks = (text: string) => labelKind(text, reader.words) !== null;
  // <b>第三方</b>公司名称: one label, part of it in bold type.
  const isBegun = lead < LEAD_SIZE_MIN && (/^[^:：]{0,12}[:：](?!\/\/)/.test(value.text) || asks(passage.text));
  const isField = !/[:：]\s*$/.test(label.text) && !/^[:：]/.test(value.text) && !isBegun && value.text !== '';
  if (!isField || !asks(label.text)) return block;
  return { ...block, passage: { ...join([label, value], '：'), links: passage.links } };
}

/** Shorter words may begin a label that the rest of the line goes on with. */
const LEAD_SIZE_MIN = 4;
/** No label is longer. */
const LEAD_SIZE_MAX = 60;
