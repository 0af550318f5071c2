import type { EvidenceSecret } from '../evidence/protection.ts';
import type { DeviceProfile } from '../model/device-profile.ts';
import type { AuditLimits } from '../model/limits.ts';

/** Everything the audit thread needs to start: plain data, because it crosses to a thread. */
export interface AuditPlan {
  readonly db: string;
  readonly captureName: string;
  readonly startedAt: number;
  readonly app: string | null;
  readonly device: DeviceProfile;
  /** Devices bound to ports or proxy users, by name. */
  readonly devices: readonly DeviceProfile[];
  readonly firstPartyHosts: readonly string[];
  readonly signatureFolder: string | null;
  readonly limits: AuditLimits;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
  readonly store: StorePlan;
}

/** How evidence is kept. */
export interface StorePlan {
  readonly keepBodies: 'all' | 'findings' | 'none';
  /** Bytes that the evidence file may grow to; null: as far as the disk allows. */
  readonly maxBytes: number | null;
  /** Encrypts a new file, opens an encrypted one; null: not encrypted. */
  readonly secret: EvidenceSecret | null;
  /** Whether values of the device are replaced by keyed stand-ins before anything is stored. */
  readonly redact: boolean;
  /** When the file cannot be written: stop the capture, or go on relaying and leave a gap for what was not stored. */
  readonly onError: 'stop' | 'relay';
}
