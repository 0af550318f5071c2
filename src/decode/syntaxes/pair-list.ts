import { bufferOf } from '../characters.ts';

/** What stands between the pairs of lists that SDKs write, the longest first. */
const SEPARATORS = ['##', '&&', '$$', '||', '\r\n', '\n', '&', ';', '|', '\u0001', '^', '#', ',', '\t'];
/** Pieces that are looked at: a list shows by then that it is one. */
const PIECES_MAX = 32;
/** With the brackets that PHP and Rails write: `device[imei]=`, plain or percent-coded. */
const NAME = /^\s*([\w.$[\]%-]{1,64})=/;

/** The separator of a list of `name=value` pairs: the first that leaves a name at the start of two pieces or more; null for none. */
export function pairSeparatorOf(bytes: Uint8Array): string | null {
  const head = bufferOf(bytes).toString('latin1', 0, 4096);
  if (!NAME.test(head)) return null;
  for (const separator of SEPARATORS) {
    if (!head.includes(separator)) continue;
    const pieces = head.split(separator, PIECES_MAX + 1).filter((piece) => piece !== '');
    if (
      pieces.length >= 2 &&
      pieces.slice(0, -1).every((piece) => NAME.test(piece)) &&
      pieces.some((_, at) => at > 0)
    ) {
      return separator;
    }
  }
  return null;
}

/** Reads `a=1##b=2`; values stand as they are. False from the taker stops the reading. */
export function readPairList(
  latin1: string,
  separator: string,
  take: (name: string, start: number, end: number) => boolean,
): void {
  for (let from = 0; from < latin1.length; ) {
    const next = latin1.indexOf(separator, from);
    const end = next === -1 ? latin1.length : next;
    const name = NAME.exec(latin1.slice(from, Math.min(end, from + 100)));
    if (name !== null && !take(name[1] as string, from + name[0].length, end)) return;
    from = end + separator.length;
  }
}
