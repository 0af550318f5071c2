/**
 * The known name that somebody probably meant: the same letters with other separators or case (`androidId`), a beginning
 * (`mac` for `mac_address`), or a slip of the finger. Null when nothing is near enough to be worth saying.
 */
export function nearestName(written: string, known: readonly string[]): string | null {
  const wanted = bare(written).slice(0, 64);
  if (wanted === '') return null;
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const distance = distanceOf(wanted, bare(name));
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return bestDistance <= Math.max(1, Math.floor(wanted.length / 3)) ? best : null;
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function distanceOf(wanted: string, name: string): number {
  if (wanted === name) return 0;
  // A beginning counts as almost right; of several, the shortest name is the plainest.
  if (wanted.length >= 3 && name.startsWith(wanted)) return 0.5 + name.length / 1000;
  return editDistance(wanted, name);
}

/** Letters to put in, take out, replace or swap with their neighbour (optimal string alignment). */
function editDistance(from: string, to: string): number {
  let older: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (above[column - 1] as number) + (from[row - 1] === to[column - 1] ? 0 : 1);
      let least = Math.min(replaced, (above[column] as number) + 1, (current[column - 1] as number) + 1);
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && swapped) least = Math.min(least, (older[column - 2] as number) + 1);
      current.push(least);
    }
    [older, above] = [above, current];
  }
  return above[to.length] as number;
}
