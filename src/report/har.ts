import type { BodyRef, NewMessage, StoredCapture, StoredExchange } from '../model/evidence.ts';
import type { Headers } from '../model/exchange.ts';

/** What a HAR file is made of; rows and bodies come as they are asked for. */
export interface HarSource {
  readonly tool: { readonly name: string; readonly version: string };
  readonly capture: StoredCapture;
  readonly exchanges: Iterable<StoredExchange>;
  messagesOf(exchange: number): readonly NewMessage[];
  /** A body's bytes as sent; null when they were not kept. */
  bodyPieces(sha256: string): Iterable<Uint8Array> | null;
}

/**
 * A capture as HAR 1.2, in pieces of text, with every body whole: none is held in memory, so any size goes.
 *
 * Bodies stand as they were sent, before any content coding was undone: as text when they are UTF-8, else in base64, in `postData`
 * too. So an import of the file gives the bytes, and with them the findings, of the capture.
 */
export function* harPieces(source: HarSource): Generator<string> {
  const { tool, capture } = source;
  const comment = `capture ${capture.name}${capture.app === null ? '' : ` of ${capture.app}`}`;
  yield `{"log":{"version":"1.2","creator":${JSON.stringify(tool)},"comment":${JSON.stringify(comment)},"pages":[],"entries":[`;
  let separator = '\n';
  for (const exchange of source.exchanges) {
    yield separator;
    yield* entryPieces(source, exchange);
    separator = ',\n';
  }
  yield '\n]}}\n';
}

function* entryPieces(source: HarSource, exchange: StoredExchange): Generator<string> {
  const { request, response, requestBody, responseBody } = exchange;
  const { headers } = request;
  const queryAt = request.target.indexOf('?');
  const query = queryAt < 0 ? '' : request.target.slice(queryAt + 1);
  yield unclosed({
    startedDateTime: new Date(exchange.startedAt).toISOString(),
    time: exchange.endedAt - exchange.startedAt,
    ...(exchange.serverAddress === null ? {} : { serverIPAddress: exchange.serverAddress }),
    cache: {},
    timings: { send: 0, wait: exchange.endedAt - exchange.startedAt, receive: 0 },
    _telltale: {
      exchange: exchange.id,
      phase: exchange.phase,
      recipient: exchange.recipient,
      findings: exchange.findingCount,
    },
  });
  yield `,"request":${unclosed({
    method: request.method,
    url: readable(exchange.url),
    httpVersion: `HTTP/${request.httpVersion}`,
    cookies: cookiesOf(headers, 'cookie'),
    headers: namedValues(headers),
    queryString: query === '' ? [] : query.split('&').map(queryParameter),
    headersSize: -1,
    bodySize: requestBody?.size ?? 0,
  })}`;
  yield* bodyPieces(source, requestBody, 'postData', { mimeType: headerOf(headers, 'content-type') ?? '' });
  yield `},"response":${unclosed({
    status: response?.status ?? 0,
    statusText: readable(response?.reason ?? ''),
    httpVersion: response === null ? '' : `HTTP/${response.httpVersion}`,
    cookies: cookiesOf(response?.headers ?? [], 'set-cookie'),
    headers: namedValues(response?.headers ?? []),
    redirectURL: readable(headerOf(response?.headers ?? [], 'location') ?? ''),
    headersSize: -1,
    bodySize: response === null ? -1 : (responseBody?.size ?? 0),
    ...(exchange.error === null ? {} : { _error: exchange.error }),
  })}`;
  const mimeType = headerOf(response?.headers ?? [], 'content-type') ?? '';
  yield* bodyPieces(source, responseBody, 'content', { size: responseBody?.size ?? 0, mimeType });
  yield '}';
  yield* messagePieces(source, exchange);
  yield '}';
}

/** `,"content":{…,"text":"…"}`. `postData` is left out where there is no body; `content` always stands. */
function* bodyPieces(
  source: HarSource,
  body: BodyRef | null,
  key: 'postData' | 'content',
  facts: object,
): Generator<string> {
  if (body === null || body.size === 0) {
    if (key === 'content') yield `,"content":${JSON.stringify(facts)}`;
    return;
  }
  const pieces = source.bodyPieces(body.sha256);
  if (pieces === null) {
    const status = key === 'content' ? '_responseBodyStatus' : '_requestBodyStatus';
    yield `,"${status}":"discarded:not-kept"`;
    if (key === 'content') yield `,"content":${JSON.stringify(facts)}`;
    return;
  }
  const text = isUtf8(pieces);
  yield `,"${key}":${unclosed({ ...facts, _sha256: body.sha256, ...(text ? {} : { encoding: 'base64' }) })},"text":"`;
  yield* contentPieces(source.bodyPieces(body.sha256) ?? [], text);
  yield '"}';
}

/** Chrome's form of WebSocket messages. */
function* messagePieces(source: HarSource, exchange: StoredExchange): Generator<string> {
  const opcodes = { text: 1, binary: 2, grpc: 2, close: 8, ping: 9, pong: 10 } as const;
  let separator = ',"_resourceType":"websocket","_webSocketMessages":[';
  for (const { at, direction, kind, body } of source.messagesOf(exchange.id)) {
    const type = direction === 'request' ? 'send' : 'receive';
    const text = kind === 'text' && isUtf8(source.bodyPieces(body.sha256) ?? []);
    const facts = { type, time: at / 1_000, opcode: opcodes[kind], ...(text ? {} : { encoding: 'base64' }) };
    yield `${separator}${unclosed(facts)},"data":"`;
    yield* contentPieces(source.bodyPieces(body.sha256) ?? [], text);
    yield '"}';
    separator = ',';
  }
  if (separator === ',') yield ']';
}

/** The inside of a JSON string: text escaped, or base64. */
function* contentPieces(pieces: Iterable<Uint8Array>, text: boolean): Generator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest: Uint8Array = new Uint8Array(0);
  for (const piece of pieces) {
    if (text) {
      yield JSON.stringify(decoder.decode(piece, { stream: true })).slice(1, -1);
      continue;
    }
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const whole = bytes.length - (bytes.length % 3);
    yield Buffer.from(bytes.subarray(0, whole)).toString('base64');
    rest = Uint8Array.from(bytes.subarray(whole));
  }
  yield text ? JSON.stringify(decoder.decode()).slice(1, -1) : Buffer.from(rest).toString('base64');
}

function isUtf8(pieces: Iterable<Uint8Array>): boolean {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for (const piece of pieces) decoder.decode(piece, { stream: true });
    decoder.decode();
    return true;
  } catch {
    return false;
  }
}

/** The JSON of an object without its last bracket, so that more can follow. */
function unclosed(object: object): string {
  return JSON.stringify(object).slice(0, -1);
}

/** Heads are kept as latin1, a character a byte: UTF-8 in them is shown as such where a reader can tell and take it back. */
function readable(text: string): string {
  if (!/[\u0080-\u00ff]/.test(text)) return text;
  const decoded = Buffer.from(text, 'latin1').toString();
  return /[\u0100-\uffff]/.test(decoded) && !decoded.includes('\ufffd') ? decoded : text;
}

function namedValues(headers: Headers): { readonly name: string; readonly value: string }[] {
  return headers.map(([name, value]) => ({ name: readable(name), value: readable(value) }));
}

function headerOf(headers: Headers, wanted: string): string | null {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? null;
}

function queryParameter(parameter: string): { readonly name: string; readonly value: string } {
  const [name = '', ...value] = parameter.split('=');
  return { name: readable(name), value: readable(value.join('=')) };
}

function cookiesOf(
  headers: Headers,
  wanted: 'cookie' | 'set-cookie',
): { readonly name: string; readonly value: string }[] {
  return headers
    .filter(([name]) => name.toLowerCase() === wanted)
    .flatMap(([, value]) => (wanted === 'cookie' ? value.split(';') : [value.split(';')[0] as string]))
    .filter((pair) => pair.trim() !== '')
    .map((pair) => queryParameter(pair.trim()));
}
