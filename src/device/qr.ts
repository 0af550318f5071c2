import { create } from 'qrcode';

/** Light modules around the code; scanners want four. */
const quietModules = 4;

/**
 * A QR code for a terminal, two modules a character, ending in a line break.
 *
 * Light modules are drawn and dark ones are left to the background, as most terminals are dark; with `coloured` both colours are
 * set by escape codes, so that it is right on any theme.
 */
export function qrForTerminal(text: string, coloured = false): string {
  const { isDark, size } = modulesOf(text);
  const lines: string[] = [];
  for (let row = -quietModules; row < size + quietModules; row += 2) {
    let line = '';
    for (let column = -quietModules; column < size + quietModules; column++) {
      const upper = isDark(row, column) ? 0 : 2;
      // The last row of an odd number has nothing below it.
      const lower = row + 1 >= size + quietModules || isDark(row + 1, column) ? 0 : 1;
      line += [' ', '▄', '▀', '█'][upper + lower];
    }
    lines.push(coloured ? `\u001b[97;40m${line}\u001b[0m` : line);
  }
  return `${lines.join('\n')}\n`;
}

/** The same code as an SVG element that stands in a page: no width of its own, no styles, no scripts. */
export function qrSvg(text: string): string {
  const { isDark, size } = modulesOf(text);
  let path = '';
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if (!isDark(row, column)) continue;
      let run = 1;
      while (isDark(row, column + run)) run++;
      path += `M${column} ${row}h${run}v1h-${run}z`;
      column += run;
    }
  }
  const edge = size + 2 * quietModules;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-quietModules} ${-quietModules} ${edge} ${edge}" role="img" aria-label="QR" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M${-quietModules} ${-quietModules}h${edge}v${edge}h-${edge}z"/><path fill="#000" d="${path}"/></svg>`
  );
}

function modulesOf(text: string): { isDark: (row: number, column: number) => boolean; size: number } {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const { size } = modules;
  return {
    size,
    isDark: (row, column) => row >= 0 && column >= 0 && row < size && column < size && modules.get(row, column) === 1,
  };
}
