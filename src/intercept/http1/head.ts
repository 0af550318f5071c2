import type { Headers } from '../../model/exchange.ts';

/** How a message's body ends: RFC 9112 §6.3. */
export type Framing = 'none' | 'length' | 'chunked' | 'close';

/** Why a message cannot be read, as the status that answers it and one sentence for people. */
export interface HttpProblem {
  readonly status: 400 | 411 | 413 | 414 | 417 | 431 | 501 | 502 | 505;
  readonly sentence: string;
}

interface Http1Head {
  readonly minor: 0 | 1;
  readonly headers: Headers;
  /** The head as sent, its empty line included. */
  readonly raw: Buffer;
  /** Whether {@link raw} may be passed on as it stands: nothing in it needs to be taken out or put right. */
  readonly clean: boolean;
  readonly framing: Framing;
  /** Bytes of the body when it is framed by length, otherwise 0. */
  readonly length: number;
  /** Tokens of Connection, lower case. */
  readonly connection: readonly string[];
  /** Value of Upgrade when Connection names it; null otherwise. */
  readonly upgrade: string | null;
  /** Whether the connection may carry another message after this one. */
  readonly keepAlive: boolean;
}

export interface Http1Request extends Http1Head {
  readonly method: string;
  /** As sent: path, absolute URL, `host:port` or `*`; latin1. */
  readonly target: string;
  /** Value of Host; null when there is none. */
  readonly host: string | null;
  readonly expectsContinue: boolean;
  /** Value of Proxy-Authorization; null when there is none. */
  readonly proxyAuthorization: string | null;
}

export interface Http1Response extends Http1Head {
  readonly status: number;
  readonly reason: string;
  /** Whether the body is packed for its way (Transfer-Encoding: gzip) and not only cut into chunks. */
  readonly packed: boolean;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([^\x00-\x20\x7f]+) HTTP\/(\d)\.(\d)$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([^\x00\r\n]*))?$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** At most 15 digits stay exact in a number; nobody sends a petabyte. */
const LENGTH = /^\d{1,15}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const CONTROL_IN_REQUEST = /[\x00-\x08\x0a-\x1f\x7f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const CONTROL_IN_RESPONSE = /[\x00\r\n]/;

/** The fields that decide how a message is framed and relayed, gathered while its lines are read. */
class Fields {
  readonly headers: [string, string][] = [];
  length: string | null = null;
  lengthRepeated = false;
  coding: string | null = null;
  connection: string[] = [];
  upgrade: string | null = null;
  host: string | null = null;
  hostRepeated = false;
  expect: string | null = null;
  proxyAuthorization: string | null = null;
  clean = true;

  add(name: string, value: string): void {
    this.headers.push([name, value]);
    // Only names as long as one of those that matter are compared: heads are read on every exchange.
    switch (name.length) {
      case 4:
        if (name.toLowerCase() === 'host') {
          this.hostRepeated = this.host !== null;
          this.host = value;
        }
        break;
      case 6:
        if (name.toLowerCase() === 'expect') this.expect = value.toLowerCase();
        break;
      case 7:
        if (name.toLowerCase() === 'upgrade')
          this.upgrade = this.upgrade === null ? value : `${this.upgrade}, ${value}`;
        break;
      case 10:
        if (name.toLowerCase() === 'connection') this.#addConnection(value);
        break;
      case 14:
        if (name.toLowerCase() === 'content-length') this.#addLength(value);
        break;
      case 16:
        if (name.toLowerCase() === 'proxy-connection') this.clean = false;
        break;
      case 17:
        if (name.toLowerCase() === 'transfer-encoding') {
          this.coding = this.coding === null ? value.toLowerCase() : `${this.coding}, ${value.toLowerCase()}`;
        }
        break;
      case 19:
        if (name.toLowerCase() === 'proxy-authorization') {
          this.proxyAuthorization = value;
          this.clean = false;
        }
        break;
      default:
    }
  }

  #addConnection(value: string): void {
    for (const part of value.toLowerCase().split(',')) {
      const token = part.trim();
      if (token === '') continue;
      this.connection.push(token);
      if (token !== 'keep-alive' && token !== 'close') this.clean = false;
    }
  }

  #addLength(value: string): void {
    if (this.length !== null) {
      this.lengthRepeated = true;
      if (this.length !== value) this.length = 'differs';
    } else this.length = value;
  }
}

/** Reads a request's head; `text` is the latin1 of `raw` without the empty line. */
export function parseRequest(text: string, raw: Buffer): Http1Request | HttpProblem {
  const lineEnd = text.indexOf('\r\n');
  const line = REQUEST_LINE.exec(lineEnd === -1 ? text : text.slice(0, lineEnd));
  if (line === null) return refuse(400, 'The request line is not well-formed.');
  const [, method, target, major, minorText] = line as unknown as [string, string, string, string, string];
  if (major !== '1') return refuse(505, `HTTP/${major} cannot be spoken on this connection.`);
  const minor = minorText === '0' ? 0 : 1;
  const fields = new Fields();
  const problem = readFields(text, lineEnd, fields, CONTROL_IN_REQUEST, false);
  if (problem !== null) return problem;
  if (fields.hostRepeated) return refuse(400, 'The request has more than one Host.');
  if (fields.host === null && minor === 1) return refuse(400, 'The request has no Host.');
  if (fields.expect !== null && fields.expect !== '100-continue') return refuse(417, 'The expectation is not known.');
  const framing = requestFraming(fields, minor);
  if (typeof framing === 'object') return framing;
  return {
    method,
    target,
    minor,
    headers: fields.headers,
    raw,
    clean: fields.clean,
    framing,
    length: framing === 'length' ? Number(fields.length) : 0,
    connection: fields.connection,
    upgrade: fields.connection.includes('upgrade') ? fields.upgrade : null,
    keepAlive: keepsAlive(fields, minor),
    host: fields.host,
    expectsContinue: fields.expect !== null && minor === 1,
    proxyAuthorization: fields.proxyAuthorization,
  };
}

/** Reads a response's head. `method` is that of the request it answers: it decides whether there is a body. */
export function parseResponse(text: string, raw: Buffer, method: string): Http1Response | HttpProblem {
  const lineEnd = text.indexOf('\r\n');
  const line = STATUS_LINE.exec(lineEnd === -1 ? text : text.slice(0, lineEnd));
  if (line === null) return refuse(502, 'The server did not answer in HTTP/1.');
  const minor = line[1] === '0' ? 0 : 1;
  const status = Number(line[2]);
  const fields = new Fields();
  const problem = readFields(text, lineEnd, fields, CONTROL_IN_RESPONSE, true);
  if (problem !== null) return problem;
  // A word of RFC 2068 for no coding at all; some servers still say it, and clients still pass over it.
  if (fields.coding === 'identity') fields.coding = null;
  const framing = responseFraming(fields, status, method);
  if (typeof framing === 'object') return framing;
  return {
    status,
    reason: line[3] ?? '',
    packed: framing !== 'none' && fields.coding !== null && fields.coding !== 'chunked',
    minor,
    headers: fields.headers,
    raw,
    clean: fields.clean,
    framing,
    length: framing === 'length' ? Number(fields.length) : 0,
    connection: fields.connection,
    upgrade: fields.connection.includes('upgrade') ? fields.upgrade : null,
    // Both a length and a coding: the server is confused or attacked, and its connection is not used again (RFC 9112 §6.3).
    keepAlive: framing !== 'close' && keepsAlive(fields, minor) && !(fields.coding !== null && fields.length !== null),
  };
}

/** Reads header lines of trailers; `text` ends before the empty line and has no first line. */
export function parseTrailers(text: string): Headers | HttpProblem {
  const fields = new Fields();
  if (text === '') return fields.headers;
  return readFields(text, -2, fields, CONTROL_IN_REQUEST, false) ?? fields.headers;
}

export function isProblem(value: object): value is HttpProblem {
  return 'sentence' in value;
}

function readFields(
  text: string,
  lineEnd: number,
  fields: Fields,
  control: RegExp,
  lenient: boolean,
): HttpProblem | null {
  let at = lineEnd === -1 ? text.length : lineEnd + 2;
  while (at < text.length) {
    let end = text.indexOf('\r\n', at);
    if (end === -1) end = text.length;
    const first = text.charCodeAt(at);
    if (first === 32 || first === 9) {
      // obs-fold: a server refuses it in a request, a proxy mends it in a response (RFC 9112 §5.2).
      const last = fields.headers.at(-1);
      if (!lenient || last === undefined) return refuse(400, 'A header line is folded.');
      last[1] = `${last[1]} ${text.slice(at, end).trim()}`;
      fields.clean = false;
    } else {
      const colon = text.indexOf(':', at);
      if (colon === -1 || colon >= end) return refuse(lenient ? 502 : 400, 'A header line has no colon.');
      let name = text.slice(at, colon);
      if (!TOKEN.test(name)) {
        // Whitespace before the colon: refused in a request, taken out of a response (RFC 9112 §5.1).
        name = name.trimEnd();
        if (!lenient || !TOKEN.test(name)) return refuse(lenient ? 502 : 400, 'A header has an invalid name.');
        fields.clean = false;
      }
      const value = trimSpace(text, colon + 1, end);
      if (control.test(value)) return refuse(lenient ? 502 : 400, 'A header holds a control character.');
      fields.add(name, value);
    }
    at = end + 2;
  }
  return null;
}

/** Space and tab only: `trim` would also eat the latin1 no-break space, which belongs to the value. */
function trimSpace(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}

/** Requests are read strictly: what two readers may frame differently is refused (RFC 9112 §6.1, §11.2). */
function requestFraming(fields: Fields, minor: 0 | 1): Framing | HttpProblem {
  if (fields.coding !== null) {
    if (fields.length !== null) return refuse(400, 'The request has both Content-Length and Transfer-Encoding.');
    if (minor === 0) return refuse(400, 'An HTTP/1.0 request cannot have a Transfer-Encoding.');
    if (fields.coding !== 'chunked') return refuse(501, 'The Transfer-Encoding of the request is not supported.');
    return 'chunked';
  }
  if (fields.length === null) return 'none';
  if (fields.lengthRepeated) return refuse(400, 'The request has more than one Content-Length.');
  return LENGTH.test(fields.length) ? 'length' : refuse(400, 'The Content-Length of the request is not a number.');
}

function responseFraming(fields: Fields, status: number, method: string): Framing | HttpProblem {
  const { coding } = fields;
  if (coding !== null && fields.length !== null) {
    fields.clean = false;
    const at = fields.headers.findIndex(([name]) => name.toLowerCase() === 'content-length');
    fields.headers.splice(at, 1);
  }
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 'none';
  if (method === 'CONNECT' && status < 300) return 'none';
  if (coding !== null) return /(?:^|,)[ \t]*chunked$/.test(coding) ? 'chunked' : 'close';
  if (fields.length === null) return 'close';
  if (fields.lengthRepeated) fields.clean = false;
  return LENGTH.test(fields.length) ? 'length' : refuse(502, 'The Content-Length of the answer is not a number.');
}

function keepsAlive(fields: Fields, minor: 0 | 1): boolean {
  if (fields.connection.includes('close')) return false;
  return minor === 1 || fields.connection.includes('keep-alive');
}

function refuse(status: HttpProblem['status'], sentence: string): HttpProblem {
  return { status, sentence };
}
