import type { DeviceProfile } from '../model/device-profile.ts';

/**
 * The data types of which a profile holds values, in a fixed order, for the capture's facts: whoever judges must know what was
 * looked for in every spelling, hash and coding, and what could only be seen by its form.
 */
export function soughtTypes(profile: DeviceProfile, app: string | null): string {
  const values = { ...profile.identifiers, ...(app === null ? {} : profile.perApp[app]) };
  const types = Object.keys(values).filter((type) => (values[type]?.length ?? 0) > 0);
  if (profile.location !== null) types.push('location_precise', 'location_coarse', 'gnss_info');
  return [...new Set(types)].sort().join(',');
}
