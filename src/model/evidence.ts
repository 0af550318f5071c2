import type { Headers, RequestHead, ResponseHead } from './exchange.ts';
import type { Detection, Finding } from './finding.ts';
import type { Gap } from './gaps.ts';
import type { Mark, Phase } from './mark.ts';
import type { Recipient } from './recipient.ts';

/** What is written to and read from an evidence file. The store implements these; nobody else knows its tables. */

export interface NewCapture {
  readonly name: string;
  readonly startedAt: number;
  readonly app: string | null;
  readonly deviceName: string | null;
  /** Version of telltale, options and a digest of the signatures, so that a capture can be judged again the same way. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

export interface NewConnection {
  readonly capture: number;
  readonly openedAt: number;
  readonly phoneAddress: string;
  readonly phonePort: number;
  readonly via: string;
  readonly device: string | null;
}

/** A body that was handed to the store: identified by the SHA-256 (64 lower hex) of its bytes as sent. */
export interface BodyRef {
  readonly sha256: string;
  readonly size: number;
}

export interface NewMessage {
  readonly at: number;
  readonly direction: 'request' | 'response';
  readonly kind: 'text' | 'binary' | 'grpc' | 'close' | 'ping' | 'pong';
  readonly body: BodyRef;
}

/** A gap of one exchange, with what the relay knew of it, such as the cause of a failure or how much went through unread. */
export type GapInExchange = Gap & { readonly facts?: Readonly<Record<string, string | number>> };

export interface NewExchange {
  readonly capture: number;
  readonly connection: number | null;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly request: RequestHead;
  readonly requestTrailers: Headers;
  readonly requestBody: BodyRef | null;
  /** Null when the server never answered. */
  readonly response: ResponseHead | null;
  readonly responseTrailers: Headers;
  readonly responseBody: BodyRef | null;
  readonly serverAddress: string | null;
  readonly recipient: Recipient;
  /** Why it failed; null when it went well. */
  readonly error: string | null;
  readonly messages: readonly NewMessage[];
  readonly findings: readonly Detection[];
  readonly gaps: readonly GapInExchange[];
}

/** A gap of a connection without an exchange (refused TLS, tunnel), or one found later in an exchange. */
export interface NewGap {
  readonly capture: number;
  readonly connection: number | null;
  readonly exchange: number | null;
  readonly at: number;
  readonly host: string | null;
  readonly port: number | null;
  readonly recipient: Recipient | null;
  readonly gap: Gap;
  readonly facts: Readonly<Record<string, string | number>>;
}

export interface StoredCapture {
  readonly id: number;
  readonly name: string;
  readonly startedAt: number;
  /** Null while it runs, or when it was killed. */
  readonly endedAt: number | null;
  readonly app: string | null;
  readonly deviceName: string | null;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

export interface StoredExchange {
  readonly id: number;
  readonly capture: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly phase: Phase;
  readonly request: RequestHead;
  /** That of the request, without its head being read. */
  readonly scheme: RequestHead['scheme'];
  readonly url: string;
  readonly requestBody: BodyRef | null;
  readonly response: ResponseHead | null;
  readonly responseBody: BodyRef | null;
  readonly serverAddress: string | null;
  readonly recipient: Recipient;
  readonly error: string | null;
  readonly findingCount: number;
  /** Name of the device it came from; null when there is no profile of it. */
  readonly device: string | null;
}

export interface StoredGap {
  readonly id: number;
  readonly capture: string;
  readonly exchange: number | null;
  readonly at: number;
  readonly host: string | null;
  readonly port: number | null;
  readonly recipient: Recipient | null;
  readonly gap: Gap;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** The exchanges of a capture with one host of one recipient at one address, counted. */
export interface Contact {
  readonly recipient: Recipient;
  readonly host: string;
  /** Null when unknown, or when the server never answered. */
  readonly serverAddress: string | null;
  readonly exchanges: number;
  /** When the first of them started. */
  readonly firstAt: number;
}

/** Everything that judging one capture needs, read once. */
export interface CaptureEvidence {
  readonly capture: StoredCapture;
  readonly marks: readonly Mark[];
  /** All exchanges of the capture, summed up. */
  readonly contacts: readonly Contact[];
  /** Those exchanges that findings and gaps are of, in the order of their ids. */
  readonly exchanges: readonly StoredExchange[];
  readonly findings: readonly Finding[];
  readonly gaps: readonly StoredGap[];
}
