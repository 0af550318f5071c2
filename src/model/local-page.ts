import type { Headers } from './exchange.ts';

/** A request for a page of the proxy itself: its own address, or `http://telltale.test/` through it. */
export interface LocalRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
  readonly phoneAddress: string;
  /** True when it came through the proxy (and is thus a sign that the phone uses it). */
  readonly throughProxy: boolean;
  /** True when it came over TLS under our certificate (and is thus a sign that the phone trusts it). */
  readonly overTls: boolean;
}

export interface LocalResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** Answers the proxy's own pages; the relay knows nothing of their content. */
export type LocalPages = (request: LocalRequest) => Promise<LocalResponse>;
