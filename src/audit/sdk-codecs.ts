import type { CodecDefinition, Codecs } from '../model/codec.ts';
import type { Recipient } from '../model/recipient.ts';
import { loadSignatureData } from '../signatures/load.ts';
import { loadCodecs } from '../signatures/load-codecs.ts';

/** The codecs there are, and whose bodies they open. */
export interface SdkCodecs {
  readonly codecs: Codecs;
  /** The codec of what was sent to somebody; null when there is none. */
  codecFor(recipient: Recipient): CodecDefinition | null;
}

/**
 * Reads the codecs of the SDKs that ship with telltale and of the operator's own.
 * @throws TelltaleError when a signature or codec is invalid.
 */
export function loadSdkCodecs(options: { readonly extraFolder: string | null }): SdkCodecs {
  const { codecs } = loadCodecs(options);
  const names = new Map(loadSignatureData(options).signatures.map(({ id, codec }) => [id, codec]));
  return {
    codecs,
    codecFor: ({ kind, id }) => (kind === 'sdk' ? (codecs.get(names.get(id) ?? '') ?? null) : null),
  };
}
