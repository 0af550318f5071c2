import { compileDetector } from '../detect/detector.ts';
import type { StoredFinding } from '../evidence/row-reading.ts';
import type { Taxonomy } from '../model/data-type.ts';
import type { DeviceProfile } from '../model/device-profile.ts';
import type { Detection } from '../model/finding.ts';
import type { DecodedHead } from '../model/layer.ts';
import { DEFAULT_LIMITS } from '../model/limits.ts';
import type { Site } from './finding-site.ts';

/** What is known of the phone when a finding is looked at again. */
export interface MatchContext {
  /** The profile that the operator names; null when only what the evidence file holds is known. */
  readonly profile: DeviceProfile | null;
  /** Known values that the same exchange gave away, this finding's among them: some are hashed together. */
  readonly values: readonly StoredFinding[];
  readonly taxonomy: Taxonomy;
  /** The app of the capture, whose id is a salt. */
  readonly app: string | null;
}

/**
 * Whether the bytes that a finding names still give its value's form: the search is made again, and must find the same data type in the
 * same form at the same place.
 *
 * @returns null where that cannot be told without the profile: its salts and its position are not in the evidence file.
 */
export function matchesAgain(site: Site, stored: StoredFinding, context: MatchContext): boolean | null {
  const { finding } = stored;
  const isPlace = finding.match === 'known-value' && finding.dataType.startsWith('location_');
  if (stored.redacted || (context.profile === null && isPlace)) return null;
  const profile = context.profile ?? profileOf(context.values);
  const detector = compileDetector(profile, {
    app: context.app,
    taxonomy: finding.match === 'known-value' ? new Map() : context.taxonomy,
    limits: DEFAULT_LIMITS,
  });
  const { direction, message } = finding;
  const place = finding.place === 'websocket' ? 'websocket' : 'body';
  const { detections } =
    'parts' in site.decoded
      ? detector.detectHead(site.decoded as DecodedHead, direction)
      : detector.detectBody(site.decoded, { direction, place, message });
  if (detections.some((detection) => isSame(detection, stored))) return true;
  return context.profile === null && /salt/.test(finding.transform) ? null : false;
}

function isSame(detection: Detection, { finding, value }: StoredFinding): boolean {
  return (
    detection.dataType === finding.dataType &&
    detection.offset === finding.offset &&
    detection.length === finding.length &&
    detection.transform === finding.transform &&
    detection.place === finding.place &&
    detection.value === value &&
    detection.decodeChain.join('\n') === finding.decodeChain.join('\n')
  );
}

function profileOf(values: readonly StoredFinding[]): DeviceProfile {
  const identifiers: Record<string, string[]> = {};
  for (const { finding, value } of values) {
    if (finding.match !== 'known-value' || finding.dataType.startsWith('location_')) continue;
    const known = identifiers[finding.dataType] ?? [];
    identifiers[finding.dataType] = known.includes(value) ? known : [...known, value];
  }
  return { name: 'evidence', platform: 'other', identifiers, perApp: {}, location: null, salts: [] };
}
