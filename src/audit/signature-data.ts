import type { AttributedHead } from '../attribute/conditions.ts';
import { buildRecipientIndex } from '../attribute/recipients.ts';
import { buildSdkNames } from '../attribute/sdk-names.ts';
import type { Signature } from '../model/signature.ts';
import { lintSignatures } from '../signatures/lint.ts';
import { loadSignatureData } from '../signatures/load.ts';
import { loadCodecs } from '../signatures/load-codecs.ts';

/** Something that `signatures lint` refuses. */
export interface LintProblem {
  /** Signature id, or the ids that quarrel. */
  readonly signature: string;
  readonly place: string;
  readonly problem: string;
}

export interface UrlMatch {
  readonly url: string;
  /** Signature id; null when no SDK claims the URL or it is none. */
  readonly id: string | null;
  readonly reason: string;
}

export function listSignatures(options: { readonly extraFolder: string | null }): readonly Signature[] {
  return loadSignatureData(options).signatures;
}

/**
 * Checks all signatures: what can be seen in the data, then every sample through the attribution itself.
 * @throws TelltaleError `signature-invalid` for a file that cannot even be read.
 */
export function lintSignatureData(options: { readonly extraFolder: string | null }): LintProblem[] {
  const { signatures, taxonomy } = loadSignatureData(options);
  const match = urlMatcher(signatures);
  const sampleProblems = signatures.flatMap(({ id, samples }) => [
    ...samples.match
      .map((url, at) => ({ at, url, found: match(url).id }))
      .filter(({ found }) => found !== id)
      .map(({ at, url, found }) => ({
        signature: id,
        place: `/samples/match/${at}`,
        problem: `${url} is attributed to ${found ?? 'no SDK'}`,
      })),
    ...samples.miss
      .map((url, at) => ({ at, url, found: match(url).id }))
      .filter(({ found }) => found === id)
      .map(({ at, url }) => ({ signature: id, place: `/samples/miss/${at}`, problem: `${url} is attributed to it` })),
  ]);
  const reasonProblems = signatures.flatMap(({ id, notClaimed = [] }) =>
    notClaimed
      .map(({ what }, at) => ({ what, at, url: `https://${what.replace(/^\*/, 'name')}` }))
      .filter(({ url }) => match(url).id === id)
      .map(({ what, at }) => ({ signature: id, place: `/not_claimed/${at}`, problem: `${what} is claimed after all` })),
  );
  const { codecs } = loadCodecs(options);
  const codecProblems = signatures
    .filter(({ codec }) => codec !== null && !codecs.has(codec))
    .map(({ id, codec }) => ({ signature: id, place: '/codec', problem: `there is no codec named ${codec}` }));
  return [
    ...lintSignatures(signatures, taxonomy),
    ...codecProblems,
    ...sampleProblems,
    ...reasonProblems,
    ...nameProblems(signatures),
  ];
}

/** Names that do not lead back to their own signature: another one is called so too, or `unlike` takes them away. */
function nameProblems(signatures: readonly Signature[]): LintProblem[] {
  const names = buildSdkNames(signatures);
  return signatures.flatMap(({ id, name, names: { zh, en }, aliases }) =>
    [
      ...[['/name', name] as const, ['/names/zh', zh] as const, ['/names/en', en] as const],
      ...aliases.map((alias, at) => [`/aliases/${at}`, alias.replace(/^=/, '')] as const),
    ].flatMap(([place, text]) => {
      const found = text === null ? id : (names.match(text, null)?.id ?? 'no SDK, or to more than one');
      return found === id ? [] : [{ signature: id, place, problem: `“${text}” leads to ${found}` }];
    }),
  );
}

/** Prepares the question "whose SDK is this URL", as `signatures match` asks it: without app or first party. */
export function loadUrlMatcher(options: { readonly extraFolder: string | null }): (url: string) => UrlMatch {
  return urlMatcher(loadSignatureData(options).signatures);
}

function urlMatcher(signatures: readonly Signature[]): (url: string) => UrlMatch {
  const index = buildRecipientIndex(signatures, { app: null, firstPartyHosts: [] });
  return (url) => {
    const head = headOf(url);
    if (head === null) return { url, id: null, reason: 'not an http, https, ws or wss URL' };
    const { signature, reason } = index.attribute(head);
    return { url, id: signature?.id ?? null, reason };
  };
}

/** The request that opening a URL would make; null when it is none. */
function headOf(text: string): AttributedHead | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const scheme = url.protocol.slice(0, -1);
  if (scheme !== 'http' && scheme !== 'https' && scheme !== 'ws' && scheme !== 'wss') return null;
  const secure = scheme === 'https' || scheme === 'wss';
  return {
    scheme,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    method: 'GET',
    target: `${url.pathname}${url.search}`,
    headers: [],
  };
}
