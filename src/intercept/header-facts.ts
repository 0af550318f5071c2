import type { Headers } from '../model/exchange.ts';
import { offersQuic } from './alt-svc.ts';
import { isRecurring } from './recurring.ts';

/** What the headers of a message say that the relay must know of its body and of the server. */
export interface HeaderFacts {
  /** How the messages of a gRPC body are packed, lower case; null: it is no gRPC. */
  readonly grpcEncoding: string | null;
  /** The form that an answer of DNS has, if it is one; null: it is none. */
  readonly dns: DnsForm | null;
  /** The first value of Alt-Svc that offers HTTP/3; null: none does. */
  readonly quicOffer: string | null;
}

export interface DnsForm {
  readonly isJson: boolean;
  /** Whether the type says that it is DNS; plain JSON may be anything. */
  readonly isNamed: boolean;
  /** Content-Encoding, lower case. */
  readonly coding: string;
}

const known = new WeakMap<Headers, HeaderFacts>();

/** Looks once at headers that recur; nobody may change them. */
export function factsOf(headers: Headers): HeaderFacts {
  const before = known.get(headers);
  if (before !== undefined) return before;
  const facts = readFacts(headers);
  if (isRecurring(headers)) known.set(headers, facts);
  return facts;
}

function readFacts(headers: Headers): HeaderFacts {
  let type = '';
  let coding = '';
  let grpcEncoding = 'identity';
  let quicOffer: string | null = null;
  for (const [name, value] of headers) {
    switch (name.length) {
      case 7:
        if (quicOffer === null && name.toLowerCase() === 'alt-svc' && offersQuic(value)) quicOffer = value;
        break;
      case 12:
        if (name.toLowerCase() === 'content-type') type = value;
        break;
      case 13:
        if (name.toLowerCase() === 'grpc-encoding') grpcEncoding = value.toLowerCase();
        break;
      case 16:
        if (name.toLowerCase() === 'content-encoding') coding = value.trim().toLowerCase();
        break;
      default:
    }
  }
  // The text form of gRPC-Web is base64 and left to the decoders.
  const isGrpc = /^application\/grpc(?!-web-text)/i.test(type);
  return { grpcEncoding: isGrpc ? grpcEncoding : null, dns: dnsForm(type, coding), quicOffer };
}

function dnsForm(type: string, coding: string): DnsForm | null {
  const form = /^application\/(?:dns-)?(message|json|x-javascript)\b/i.exec(type);
  if (form === null) return null;
  const isMessage = form[1]?.toLowerCase() === 'message';
  const isNamed = form[0].toLowerCase().includes('/dns-');
  return isMessage && !isNamed ? null : { isJson: !isMessage, isNamed, coding };
}
