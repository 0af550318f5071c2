import type { Exchange } from './exchange.ts';
import type { Ends } from './exchange-context.ts';
import type { Relay } from './relay.ts';
import type { IncomingResponse, OutgoingRequest } from './sides.ts';
import { Junction, joinUnread } from './tunnel.ts';
import { parseExtensions } from './websocket/inflater.ts';
import { MessageListener } from './websocket/listener.ts';

/** Goes on when server and phone have agreed to leave HTTP: WebSockets are listened to, anything else passes unread. */
export function converse(
  relay: Relay,
  exchange: Exchange,
  request: OutgoingRequest,
  response: IncomingResponse,
  { phone, server }: Ends,
): void {
  const serverSide = server.rawSide();
  const phoneSide = phone.switchProtocols(response);
  if (phoneSide === null) {
    serverSide.socket.destroy();
    exchange.conversationEnded('The phone closed the connection');
    return;
  }
  if (request.upgrade?.toLowerCase() === 'websocket' && response.head.status === 101) {
    const agreed = response.head.headers.filter(([name]) => name.toLowerCase() === 'sec-websocket-extensions');
    const extensions = parseExtensions(agreed.map(([, value]) => value).join(','));
    const up = new MessageListener(relay.tap, exchange, 'request', extensions, relay.limits);
    const down = new MessageListener(relay.tap, exchange, 'response', extensions, relay.limits);
    const listeners = { up: (bytes: Buffer) => up.feed(bytes), down: (bytes: Buffer) => down.feed(bytes) };
    new Junction(relay, phoneSide, serverSide, listeners, ({ error }) => exchange.conversationEnded(error));
    return;
  }
  const about = {
    kind: 'tunnel' as const,
    connection: exchange.connection,
    client: phone.phoneAddress,
    host: exchange.origin.host,
    port: exchange.origin.port,
    detail:
      response.head.status === 101
        ? `The connection changed to ${request.upgrade ?? 'another protocol'}.`
        : 'CONNECT to another proxy.',
    facts: {},
    exchange: exchange.id,
  };
  joinUnread(relay, phoneSide, serverSide, about, (error) => exchange.conversationEnded(error));
}
