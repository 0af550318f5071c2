/** Who received an exchange. */
export interface Recipient {
  readonly kind: 'sdk' | 'first-party' | 'third-party';
  /** Signature id of an SDK; the app id of the first party; the registrable domain (or address) of another third party. */
  readonly id: string;
  /** For people. */
  readonly name: string;
}
