import { createCipheriv, createHash } from 'node:crypto';
import type { DeviceProfile } from '../../model/device-profile.ts';

/** An identifier of the test device that a simulated request carries. */
export interface SentIdentifier {
  readonly dataType: string;
  /** How its bytes were made: `plain`, `md5`, `sha1`. */
  readonly as: string;
}

/** What an SDK would send, as far as public code and documents say. */
export interface SimulatedRequest {
  /** Signature id. */
  readonly sdk: string;
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  readonly identifiersSent: readonly SentIdentifier[];
  /** Name of the SDK codec without which its identifiers cannot be seen; null when general decoding shows them. */
  readonly codec: string | null;
  /** Why nobody but the vendor can read the body; null when it can be read. The audit must report such a body as opaque. */
  readonly opaque: string | null;
}

/** Builds what an SDK sends from a device. The same profile gives the same bytes. */
export type Simulator = (profile: DeviceProfile) => readonly SimulatedRequest[];

/** The app in which all simulated SDKs sit. */
export const APP = {
  id: 'com.example.notes',
  name: '山雀笔记',
  version: '3.2.1',
  key: '5f3a9c1e2b7d8046a1c3e5f7',
} as const;

/** Hands out the identifiers of a device and remembers which of them went into a request; absent ones are undefined. */
export class SentIdentifiers {
  private readonly profile: DeviceProfile;
  private readonly sent: SentIdentifier[] = [];

  constructor(profile: DeviceProfile) {
    this.profile = profile;
  }

  plain(dataType: string): string | undefined {
    return this.give(dataType, 'plain', (value) => value);
  }

  /** Lower-case hex of the hash of the value as the profile writes it. */
  hashed(dataType: string, algorithm: 'md5' | 'sha1'): string | undefined {
    return this.give(dataType, algorithm, (value) => createHash(algorithm).update(value).digest('hex'));
  }

  /** Looks at a value without sending it by itself (for joined hashes). */
  peek(dataType: string): string {
    return this.profile.identifiers[dataType]?.[0] ?? '';
  }

  list(): readonly SentIdentifier[] {
    return [...this.sent];
  }

  private give(dataType: string, as: string, make: (value: string) => string): string | undefined {
    const value = this.profile.identifiers[dataType]?.[0];
    if (value === undefined) return undefined;
    this.sent.push({ dataType, as });
    return make(value);
  }
}

/** A form body or query; undefined values are left out. */
export function form(fields: Readonly<Record<string, string | undefined>>): string {
  const present = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(present).toString();
}

export function utf8(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

/**
 * Stands for encryption whose key only the vendor has: AES under a key that no request carries. What matters to the audit is
 * that real identifiers went in and no one can read them.
 */
export function sealed(sdk: string, plaintext: string): Uint8Array {
  const secret = createHash('sha256').update(`the vendor's key of ${sdk}`).digest();
  const cipher = createCipheriv('aes-128-cbc', secret.subarray(0, 16), secret.subarray(16));
  // Long enough for its entropy to be measured, whatever the device has to say.
  return Buffer.concat([cipher.update(plaintext.padEnd(512, ' '), 'utf8'), cipher.final()]);
}
