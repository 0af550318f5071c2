import type { DeviceProfile } from '../../model/device-profile.ts';
import { isSentinel } from './sentinel.ts';

/** One value to look for. */
export interface KnownValue {
  readonly dataType: string;
  /** Index into the profile's list for this data type; values that only one app sees follow the device's own. */
  readonly valueIndex: number;
  readonly value: string;
}

/** The profile's values as this app sees them: the device's own, then those only this app is given. Sentinels are left out. */
export function knownValues(profile: DeviceProfile, app: string | null): readonly KnownValue[] {
  const known: KnownValue[] = [];
  const perApp = app === null ? {} : (profile.perApp[app] ?? {});
  for (const dataType of new Set([...Object.keys(profile.identifiers), ...Object.keys(perApp)])) {
    const values = [...(profile.identifiers[dataType] ?? []), ...(perApp[dataType] ?? [])].map((value) => value.trim());
    values.forEach((value, valueIndex) => {
      if (!isSentinel(value)) known.push({ dataType, valueIndex, value });
    });
  }
  return known;
}
