/**
 * The textbook alternative: one state for each prefix, one table row of 256 states each, one load a byte.
 * @see Aho & Corasick, "Efficient string matching", CACM 18(6), 1975.
 * @returns a counter of hits, or null when the table would be larger than two gigabytes.
 */
export function denseAhoCorasick(patterns: readonly Uint8Array[]): ((bytes: Uint8Array) => number) | null {
  const statesMax = 1 + patterns.reduce((sum, { length }) => sum + length, 0);
  if (statesMax * 256 * 4 > 2 ** 31) return null;
  const next = new Int32Array(statesMax * 256);
  const ends = new Int32Array(statesMax);
  let states = 1;
  for (const pattern of patterns) {
    let state = 0;
    for (const byte of pattern) {
      const edge = state * 256 + byte;
      if (next[edge] === 0) next[edge] = states++;
      state = next[edge] as number;
    }
    ends[state] = (ends[state] as number) + 1;
  }
  const fail = new Int32Array(states);
  const queue = [...next.subarray(0, 256)].filter((state) => state !== 0);
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head] as number;
    const shorter = fail[state] as number;
    ends[state] = (ends[state] as number) + (ends[shorter] as number);
    for (let byte = 0; byte < 256; byte++) {
      const edge = state * 256 + byte;
      const target = next[edge] as number;
      const fallback = next[shorter * 256 + byte] as number;
      if (target === 0) next[edge] = fallback;
      else {
        fail[target] = fallback;
        queue.push(target);
      }
    }
  }
  return (bytes) => {
    let state = 0;
    let hits = 0;
    for (let i = 0; i < bytes.length; i++) {
      state = next[state * 256 + (bytes[i] as number)] as number;
      hits += ends[state] as number;
    }
    return hits;
  };
}
