/** `第 3 页 共 9 页`, `Page 3 of 9`, `- 3 -`, `3 / 9`: what is printed at the edge of a page. */
const PAGE_NUMBER =
  /^\f?\s{0,200}(?:第\s?\d{1,3}\s?[页頁](?:\s?[/,，]?\s?[共总總]\s?\d{1,3}\s?[页頁])?|page\s\d{1,3}(?:\s?(?:of|\/)\s?\d{1,3})?|[-–—]\s?\d{1,3}\s?[-–—]|\d{1,3}\s?\/\s?\d{1,3})\s{0,200}$/i;
/** Whether some line may be one. */
const NUMBER_LINE = /^[ \t\u3000]*(?:第\s?\d{1,3}\s?[页頁]|page\s\d|[-–—]\s?\d{1,3}\s?[-–—]|\d{1,3}\s?\/\s?\d)/im;
const MARKS_MIN = 2;
/** Lines of a running head or foot on one side of the edge. */
const EDGE_LINES = 2;
const EDGE_SIZE_MAX = 80;

interface Line {
  readonly from: number;
  readonly text: string;
}

/**
 * The lines of a text that stand at the edges of its pages: page numbers, and the head and foot that come back with them, each with
 * the empty lines around. What they part goes on as if they were not there.
 *
 * @returns the offsets at which these lines begin; none for a text without pages.
 */
export function pageMarks(text: string): ReadonlySet<number> {
  if (!text.includes('\f') && !NUMBER_LINE.test(text)) return new Set();
  const lines = linesOf(text);
  const edges = lines.flatMap(({ text: one }, index) => (one.startsWith('\f') || PAGE_NUMBER.test(one) ? [index] : []));
  if (edges.length < MARKS_MIN) return new Set();
  const running = runningLines(lines, edges);
  const marks = new Set<number>();
  for (const edge of edges) {
    const isMark = (index: number) => {
      const one = lines[index]?.text.trim();
      return one !== undefined && (one === '' || PAGE_NUMBER.test(one) || running.has(one));
    };
    for (const step of [-1, 1]) {
      // A line with the sign of a new page may be the first of its text.
      let index = step === 1 ? edge : edge - 1;
      for (; isMark(index) && Math.abs(index - edge) <= MARK_LINES_MAX; index += step)
        marks.add(lines[index]?.from ?? -1);
    }
  }
  return marks;
}

const MARK_LINES_MAX = 12;

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const to = end === -1 ? text.length : end;
    lines.push({ from, text: text.slice(from, Math.min(to, from + EDGE_SIZE_MAX * 4)) });
    from = to + 1;
  }
  return lines;
}

/** What stands beside page edges again and again, in different places. */
function runningLines(lines: readonly Line[], edges: readonly number[]): ReadonlySet<string> {
  // The title of the text is often what its pages are headed with.
  const title = lines.findIndex(({ text }) => text.trim() !== '');
  const places = new Map([[lines[title]?.text.trim() ?? '', new Set([title])]]);
  for (const edge of edges) {
    for (const index of [...nearest(lines, edge, -1), ...nearest(lines, edge, 1)]) {
      const text = lines[index]?.text.trim() ?? '';
      places.set(text, (places.get(text) ?? new Set()).add(index));
    }
  }
  const least = Math.max(MARKS_MIN, edges.length / 4);
  return new Set([...places].filter(([, { size }]) => size >= least).map(([one]) => one));
}

function nearest(lines: readonly Line[], edge: number, step: 1 | -1): number[] {
  const found: number[] = [];
  const first = step === 1 ? edge : edge - 1;
  for (let index = first; found.length < EDGE_LINES && Math.abs(index - edge) <= MARK_LINES_MAX; index += step) {
    const one = lines[index]?.text.trim();
    if (one === undefined) break;
    if (one !== '' && one.length <= EDGE_SIZE_MAX && !PAGE_NUMBER.test(one)) found.push(index);
  }
  return found;
}
