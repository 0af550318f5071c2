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
  readonly keepBodies: 'all' | 'findings' | 'none';
}
