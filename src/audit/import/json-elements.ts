/** One object of a wanted array, as the text of its JSON. */
export interface Element {
  /** Key of the array it stands in. */
  readonly array: string;
  /** Bytes of the file before it. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** How reading ended. */
export interface Ending {
  /** What is wrong, and after how many bytes; null when the document is whole. */
  readonly broken: { readonly offset: number; readonly reason: string } | null;
  /** The object that was under way, closed so that it parses as far as it goes; null when there was none. */
  readonly partial: Element | null;
  /** Whether a wanted array was seen at all. */
  readonly found: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
/** Longest key that is looked at. */
const KEY_BYTES_MAX = 64;

/**
 * Cuts the objects of named arrays out of a JSON document of any size, without holding more of it than one object.
 *
 * The arrays may stand in the document's object or one object deeper (`log.entries` of HAR). Only brackets and strings are looked
 * at: whether an object is well-formed inside is for whoever parses it.
 */
export class JsonElements {
  readonly #arrays: ReadonlySet<string>;
  readonly #elementBytesMax: number;
  /** Brackets that are open, as their closing bytes. */
  readonly #closers: number[] = [];
  #position = 0;
  #inString = false;
  /** Backslashes right before the position, within a string. */
  #backslashes = 0;
  /** The last string outside elements: the key, when an array follows. */
  #key = '';
  #wanted: string | null = null;
  #wantedDepth = 0;
  #element: { readonly offset: number; readonly depth: number; parts: Uint8Array[]; size: number } | null = null;
  #found = false;
  #broken: { offset: number; reason: string } | null = null;

  constructor(arrays: readonly string[], elementBytesMax: number) {
    this.#arrays = new Set(arrays);
    this.#elementBytesMax = elementBytesMax;
  }

  /** Takes the next bytes of the document; gives the objects that end in them. Objects larger than the limit come with no bytes. */
  *feed(chunk: Uint8Array): Generator<Element> {
    if (this.#broken !== null) return;
    let kept = 0;
    let index = 0;
    while (index < chunk.length && this.#broken === null) {
      if (this.#inString) {
        index = this.#readString(chunk, index);
        continue;
      }
      const byte = chunk[index] as number;
      index += 1;
      if (byte === QUOTE) {
        this.#inString = true;
        this.#backslashes = 0;
        if (this.#element === null) this.#key = '';
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        if (this.#open(byte, this.#position + index - 1)) kept = index - 1;
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        const ended = this.#close(byte, this.#position + index - 1);
        if (ended === null) continue;
        this.#keep(ended, chunk.subarray(kept, index));
        yield { array: this.#wanted as string, offset: ended.offset, bytes: joined(ended.parts, ended.size) };
      }
    }
    const read = this.#broken === null ? chunk.length : index - 1;
    if (this.#element !== null) this.#keep(this.#element, chunk.subarray(kept, read));
    this.#position += chunk.length;
  }

  end(): Ending {
    const broken =
      this.#broken ??
      (this.#closers.length > 0 || this.#inString
        ? { offset: this.#position, reason: 'the file ends in the middle' }
        : null);
    const element = this.#element;
    const partial =
      element === null || element.parts.length === 0
        ? null
        : { array: this.#wanted as string, offset: element.offset, bytes: this.#closed(element) };
    return { broken, partial, found: this.#found };
  }

  /** Goes to the end of the string, or of the chunk. */
  #readString(chunk: Uint8Array, from: number): number {
    const quote = chunk.indexOf(QUOTE, from);
    const end = quote < 0 ? chunk.length : quote;
    if (this.#element === null && this.#key.length < KEY_BYTES_MAX)
      this.#key += Buffer.from(chunk.subarray(from, Math.min(end, from + KEY_BYTES_MAX))).toString('latin1');
    let run = 0;
    while (end - 1 - run >= from && chunk[end - 1 - run] === BACKSLASH) run += 1;
    if (end - run === from) run += this.#backslashes;
    if (quote < 0) {
      this.#backslashes = run;
      return end;
    }
    this.#backslashes = 0;
    if (run % 2 === 0) this.#inString = false;
    else if (this.#element === null) this.#key += '"';
    return quote + 1;
  }

  /** @returns true when an element begins. */
  #open(byte: number, offset: number): boolean {
    const depth = this.#closers.length;
    this.#closers.push(byte === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY);
    if (this.#element !== null) return false;
    if (this.#wanted !== null) {
      if (byte !== OPEN_OBJECT || depth !== this.#wantedDepth) return false;
      this.#element = { offset, depth, parts: [], size: 0 };
      return true;
    }
    if (byte === OPEN_ARRAY && depth >= 1 && depth <= 2 && this.#arrays.has(this.#key)) {
      this.#wanted = this.#key;
      this.#wantedDepth = depth + 1;
      this.#found = true;
    }
    return false;
  }

  /** @returns the element that ends here. */
  #close(byte: number, offset: number): { offset: number; parts: Uint8Array[]; size: number } | null {
    if (this.#closers.at(-1) !== byte) {
      this.#broken = { offset, reason: `${String.fromCharCode(byte)} where none is open` };
      return null;
    }
    this.#closers.pop();
    const depth = this.#closers.length;
    const element = this.#element;
    if (element !== null) {
      if (depth !== element.depth) return null;
      this.#element = null;
      return element;
    }
    if (this.#wanted !== null && depth < this.#wantedDepth) this.#wanted = null;
    this.#key = '';
    return null;
  }

  #keep(element: { parts: Uint8Array[]; size: number }, bytes: Uint8Array): void {
    element.size += bytes.length;
    if (element.size > this.#elementBytesMax) element.parts = [];
    else element.parts.push(bytes);
  }

  /** What there is of an element, ended as if its author had stopped there. */
  #closed(element: { parts: Uint8Array[]; size: number; depth: number }): Uint8Array {
    const text = Buffer.from(joined(element.parts, element.size)).toString();
    const closers = String.fromCharCode(...this.#closers.slice(element.depth).reverse());
    return Buffer.from(completed(text, this.#inString, closers) ?? '{}');
  }
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts, parts.length === 0 ? 0 : size);
}

const BEGUN_SIZE_MAX = 1_000;

/** Completes a JSON text that breaks off; null when no completion parses. */
function completed(text: string, inString: boolean, closers: string): string | null {
  const whole = inString
    ? `${text.replace(/\ufffd$/, '').replace(/(?<!\\)((?:\\\\)*)\\(u[0-9a-fA-F]{0,3})?$/, '$1')}"`
    : text;
  // What its author began last stands at the very end; patterns that look for it must not run over megabytes.
  const last = Math.max(0, whole.length - BEGUN_SIZE_MAX);
  const [before, begun] = [whole.slice(0, last), whole.slice(last)];
  const candidates = [
    whole,
    `${whole}:null`,
    before + begun.replace(/[,:\s]+$/, ''),
    `${whole.trimEnd()}null`,
    before + begun.replace(/[-+.\w]+$/, 'null'),
    before + begun.replace(/,\s*"[^"]*"?\s*:?\s*[-+.\w]*$/, ''),
  ];
  for (const candidate of candidates) {
    try {
      JSON.parse(candidate + closers);
      return candidate + closers;
    } catch {
      // The next one may do.
    }
  }
  return null;
}
