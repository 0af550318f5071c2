import type { Gap } from './gaps.ts';

/**
 * A header list in the order, case and number in which it was sent. Values are latin1: one character a byte. One that is frozen may be
 * shared by many exchanges, as may a head.
 */
export type Headers = readonly (readonly [name: string, value: string])[];

export type Direction = 'request' | 'response';

export interface RequestHead {
  readonly method: string;
  readonly scheme: 'http' | 'https' | 'ws' | 'wss';
  /** Host name or address as the phone asked for it, lower case, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query exactly as sent, latin1. */
  readonly target: string;
  /** `1.0`, `1.1`, `2`. */
  readonly httpVersion: string;
  readonly headers: Headers;
}

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly httpVersion: string;
  readonly headers: Headers;
}

/**
 * What the relay (or an import) tells the audit. Numbers in `connection` and `exchange` are unique within one capture and given
 * by whoever emits; times are milliseconds since 1970. Bytes are only lent: they may change once the receiver has returned.
 *
 * Order within one exchange: request-started, request-bytes*, request-ended, and independently response-started,
 * response-bytes*, response-ended; `message` any time between; exchange-ended last, always, exactly once.
 */
export type CaptureEvent =
  | {
      readonly type: 'connection-opened';
      readonly connection: number;
      readonly at: number;
      readonly phoneAddress: string;
      readonly phonePort: number;
      /** How the phone came in: `http`, `socks5`, `transparent`, `import`. */
      readonly via: string;
      /** Name of the device bound to the port or user; null: the capture's own. */
      readonly device: string | null;
    }
  | { readonly type: 'connection-closed'; readonly connection: number; readonly at: number }
  | {
      readonly type: 'request-started';
      readonly exchange: number;
      readonly connection: number;
      readonly at: number;
      readonly head: RequestHead;
    }
  | { readonly type: 'request-bytes'; readonly exchange: number; readonly bytes: Uint8Array }
  | {
      readonly type: 'request-ended';
      readonly exchange: number;
      readonly at: number;
      readonly trailers: Headers;
      /** Why the body ended early; null when it is whole. */
      readonly cut: string | null;
    }
  | {
      readonly type: 'response-started';
      readonly exchange: number;
      readonly at: number;
      readonly head: ResponseHead;
      /** Address of the server that answered; null when unknown. */
      readonly serverAddress: string | null;
    }
  | { readonly type: 'response-bytes'; readonly exchange: number; readonly bytes: Uint8Array }
  | {
      readonly type: 'response-ended';
      readonly exchange: number;
      readonly at: number;
      readonly trailers: Headers;
      readonly cut: string | null;
    }
  | {
      /** One WebSocket or gRPC message, whole and unmasked, after permessage-deflate or the gRPC frame's own compression. */
      readonly type: 'message';
      readonly exchange: number;
      readonly at: number;
      readonly direction: Direction;
      readonly kind: 'text' | 'binary' | 'grpc' | 'close' | 'ping' | 'pong';
      readonly bytes: Uint8Array;
    }
  | { readonly type: 'exchange-ended'; readonly exchange: number; readonly at: number; readonly error: string | null }
  | {
      readonly type: 'gap';
      readonly at: number;
      readonly connection: number | null;
      readonly exchange: number | null;
      /** Host that the hidden traffic went to, as far as known (SNI, CONNECT line). */
      readonly host: string | null;
      readonly port: number | null;
      readonly gap: Gap;
      /** Further facts, flat: sni, alpn, ja4, client, bytes_up, bytes_down, ms. */
      readonly facts: Readonly<Record<string, string | number>>;
    };

/**
 * Where capture events go. The relay stops reading when `accept` says false, and goes on when `whenReady` resolves: evidence is
 * never dropped in silence, so a full queue slows the phone down.
 */
export interface CaptureSink {
  /** Takes the event in any case, without changing its bytes, which the relay passes on; false asks the caller to wait for {@link whenReady} before it sends more bytes. */
  accept(event: CaptureEvent): boolean;
  whenReady(): Promise<void>;
}

/** The URL as the phone meant it, default ports left out. */
export function urlOf(head: Pick<RequestHead, 'scheme' | 'host' | 'port' | 'target'>): string {
  const secure = head.scheme === 'https' || head.scheme === 'wss';
  const port = head.port === (secure ? 443 : 80) ? '' : `:${head.port}`;
  const host = head.host.includes(':') ? `[${head.host}]` : head.host;
  return `${head.scheme}://${host}${port}${head.target.startsWith('/') ? head.target : pathOf(head.target)}`;
}

/** The path in a target that is none: `*`, the authority of CONNECT, or a whole address that an app named inside a tunnel. */
function pathOf(target: string): string {
  const rest = /^[a-z]+:\/\/[^/?]*(.*)$/i.exec(target)?.[1] ?? target;
  return rest.startsWith('/') ? rest : `/${rest}`;
}
