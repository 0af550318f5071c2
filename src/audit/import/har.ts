import { operatorError } from '../../model/errors.ts';
import type { CaptureEvent } from '../../model/exchange.ts';
import type { GapKind } from '../../model/gaps.ts';
import { exchangeEvents, type Numbering } from './har-entry.ts';
import { countOf, type Fields, fieldsOf, numberOf, textOf, timeWithin } from './har-fields.ts';
import { recordingText } from './har-file.ts';
import { parsed } from './har-json.ts';
import { stayedLocal, targetOf, tunnelOf } from './har-target.ts';
import { type Element, JsonElements } from './json-elements.ts';

/** Bytes of one entry that are held at once; V8 makes no strings of more than 512 MB. */
const ENTRY_BYTES_MAX = 400 * 1024 * 1024;

/**
 * Reads a HAR file of any size as the events that a capture of the same traffic would have given.
 *
 * Understands what Chrome, Firefox, Safari, Charles, Proxyman, mitmproxy, HTTP Toolkit, PCAPdroid, Reqable, ProxyPin and Insomnia
 * write: see {@link readText} for bodies, `_content`, `_tlsErrors`, `_webSocketMessages`, parameters in place of a text, cookies and
 * queries that stand in their own lists only, headers as pairs or as an object, a byte order mark.
 * Bodies come as the file holds them: most writers undo the content coding, and leave the header that names it.
 * A CONNECT to a host of which no request follows makes a gap: the recorder did not read that host.
 * A file packed with gzip is read as what it unpacks to.
 * A file that breaks off gives everything before the break, and a gap `import-cut` that says where.
 *
 * @param numbering where the numbers of exchanges and connections go on, when several files make one capture.
 * @param notice hears how many entries were left out because nothing was sent for them.
 * @throws TelltaleError `file-unreadable`; `input-invalid` when there are no entries to read at all.
 */
export async function* readHar(
  path: string,
  numbering: Numbering = { nextExchange: 1, nextConnection: 1 },
  notice: (text: string) => void = () => undefined,
): AsyncGenerator<CaptureEvent> {
  const elements = new JsonElements(['entries', '_tlsErrors'], ENTRY_BYTES_MAX);
  const file = new HarFile(numbering);
  let cut: string | null = null;
  const onBreak = (reason: string) => {
    cut = reason;
  };
  for await (const chunk of recordingText(path, onBreak))
    for (const element of elements.feed(chunk)) yield* file.events(element);
  const { broken, partial, found } = elements.end();
  if (!found)
    throw operatorError('input-invalid', {
      path,
      place: 'log.entries',
      expected: `expected the list of exchanges of a HAR 1.2 file, found none${cut === null ? '' : ` (${cut})`}`,
    });
  if (partial !== null) yield* file.events(partial);
  const where = `entry ${file.entries + (partial === null ? 1 : 0)}`;
  if (cut !== null) yield file.gap('import-cut', `${where}: ${cut}`);
  else if (broken !== null) yield file.gap('import-cut', `${where}, byte ${broken.offset}: ${broken.reason}`);
  yield* file.closeConnections();
  if (file.local > 0)
    notice(
      `${path}: ${file.local} entries left out that never went over a network (data: and such, answers of a cache)`,
    );
}

/** The events of one file's entries. */
class HarFile {
  readonly #numbering: Numbering;
  readonly #connections = new Map<string, number>();
  /** Targets of CONNECT: what recorders write of a tunnel that they could not read, and some of every tunnel. */
  readonly #tunnels = new Map<string, { readonly host: string; readonly port: number }>();
  readonly #read = new Set<string>();
  #at = 0;
  entries = 0;
  /** Entries of what never went over a network. */
  local = 0;

  constructor(numbering: Numbering) {
    this.#numbering = numbering;
  }

  *events(element: Element): Generator<CaptureEvent> {
    if (element.array === 'entries') this.entries += 1;
    const where = `entry ${this.entries}, byte ${element.offset}`;
    if (element.bytes.length === 0)
      return yield this.gap('import-cut', `${where}: larger than ${ENTRY_BYTES_MAX} bytes`);
    const fields = parsed(element.bytes);
    if (fields === null) return yield this.gap('import-cut', `${where}: not well-formed JSON`);
    if (element.array === '_tlsErrors') return yield this.#tlsError(fields);
    this.#at = timeOf(fields['startedDateTime']) ?? this.#at;
    const request = fieldsOf(fields['request']);
    const url = textOf(request['url'])?.trim() ?? '';
    if (url === '') return yield this.gap('import-cut', `${where}: no request with a url`);
    if (textOf(request['method'])?.toUpperCase() === 'CONNECT') return yield* this.#tunnel(url, where);
    if (stayedLocal(fields, url)) {
      this.local += 1;
      return;
    }
    const target = targetOf(fields, request, url);
    if (target === null)
      return yield this.gap('import-cut', `${where}: its url names no host, or no scheme that is read`);
    this.#read.add(authorityOf(target));
    const connection = yield* this.#connection(fields);
    yield* exchangeEvents(fields, target, this.#at, connection, this.#numbering.nextExchange++);
  }

  *#tunnel(url: string, where: string): Generator<CaptureEvent> {
    const tunnel = tunnelOf(url);
    if (tunnel === null) yield this.gap('import-cut', `${where}: a CONNECT that names no host`);
    else this.#tunnels.set(authorityOf(tunnel), tunnel);
  }

  gap(kind: GapKind, detail: string, host: string | null = null, port: number | null = null): CaptureEvent {
    return {
      type: 'gap',
      at: this.#at,
      connection: null,
      exchange: null,
      host,
      port,
      gap: { kind, at: [], bytesUnread: null, detail },
      facts: {},
    };
  }

  *closeConnections(): Generator<CaptureEvent> {
    for (const [authority, { host, port }] of this.#tunnels)
      if (!this.#read.has(authority)) yield this.gap('tls-passthrough', 'the file has its CONNECT only', host, port);
    for (const connection of this.#connections.values()) yield { type: 'connection-closed', connection, at: this.#at };
  }

  *#connection(fields: Fields): Generator<CaptureEvent, number> {
    const key = textOf(fields['connection']) ?? textOf(fields['_connectionId']) ?? '';
    const known = this.#connections.get(key);
    if (known !== undefined) return known;
    const connection = this.#numbering.nextConnection++;
    this.#connections.set(key, connection);
    yield {
      type: 'connection-opened',
      connection,
      at: this.#at,
      phoneAddress: textOf(fields['clientIPAddress']) ?? '',
      phonePort: countOf(fields['clientPort']) ?? 0,
      via: 'import',
      device: null,
    };
    return connection;
  }

  /** HTTP Toolkit's list of handshakes that the phone broke off. */
  #tlsError(fields: Fields): CaptureEvent {
    this.#at = timeOf(fields['startedDateTime']) ?? this.#at;
    const cause = textOf(fields['cause']) ?? 'unknown';
    const refused = ['cert-rejected', 'closed', 'reset'].includes(cause);
    return this.gap(refused ? 'tls-rejected' : 'tls-failed', cause, textOf(fields['hostname'])?.toLowerCase() ?? null);
  }
}

function authorityOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host} ${port}`;
}

/** Milliseconds since 1970 of a date, or of a number that some write in its place. */
function timeOf(value: unknown): number | null {
  const number = numberOf(value);
  if (number !== null && !/^\d{4}-/.test(String(value))) return timeWithin(number > 1e11 ? number : number * 1_000);
  const date = textOf(value) ?? '';
  // Without an offset it would be the time of whichever zone this machine is in.
  const at = Date.parse(/T[\d:.]+$/.test(date) ? `${date}Z` : date);
  return Number.isNaN(at) ? null : timeWithin(at);
}
