import type { Exchange } from './exchange.ts';
import type { Interposer } from './handlers/interposer.ts';
import type { RelayLimits } from './limits.ts';
import type { Lru } from './lru.ts';
import type { ServerPool } from './server-pool.ts';
import type { IncomingResponse, OutgoingRequest, PhoneStream, ServerStream } from './sides.ts';
import type { Tap } from './tap.ts';

/** What exchanges share. */
export interface ExchangeContext {
  readonly tap: Tap;
  readonly pool: ServerPool;
  readonly limits: RelayLimits;
  /** Running exchanges: who begins is added, who ends is taken out. */
  readonly running: Set<Exchange>;
  /** Hosts that offered HTTP/3: each makes one gap. */
  readonly quicHosts: Lru<boolean>;
  /** Handlers of the operator's own; null: nothing stands between the two sides. */
  readonly interposer: Interposer | null;
  /** Joins both ends after a change of protocol; ends by calling `exchange.conversationEnded`. */
  readonly converse: (exchange: Exchange, request: OutgoingRequest, response: IncomingResponse, ends: Ends) => void;
}

export interface Ends {
  readonly phone: PhoneStream;
  readonly server: ServerStream;
}
