import { decodeBody } from '../decode/decode-body.ts';
import { decodeRequestHead } from '../decode/decode-head.ts';
import { describeBody } from '../decode/describe.ts';
import { compileDetector, type Detector } from '../detect/detector.ts';
import { type Proposal, proposeValues, type Sighting } from '../detect/learn.ts';
import { NO_DEVICE, readDeviceProfile } from '../device/profile.ts';
import { EvidenceReader } from '../evidence/evidence-reader.ts';
import type { EvidenceSecret } from '../evidence/protection.ts';
import type { DeviceProfile } from '../model/device-profile.ts';
import type { StoredExchange } from '../model/evidence.ts';
import { DEFAULT_LIMITS } from '../model/limits.ts';
import { loadTaxonomy } from '../signatures/data-types.ts';

export type { Proposal };

export interface LearnOptions {
  readonly db: string;
  /** Null: all captures of the file. */
  readonly capture: string | null;
  readonly secret: EvidenceSecret | null;
  /** Path of the profile whose values are not to be proposed again; null: none. */
  readonly device: string | null;
  /** The user's own folder, whose data types count too; null: none. */
  readonly signatureFolder: string | null;
}

/** Bodies up to this size are looked at: ids are sent in small ones. */
const bodyBytesMax = 1024 * 1024;

/**
 * Looks through stored requests as if nothing of the phone were known, and proposes the values that fields named after an
 * identifier keep sending.
 *
 * @throws TelltaleError for an evidence file or a profile that cannot be read, and for a capture that is not there.
 */
export function learnValues(options: LearnOptions): readonly Proposal[] {
  const taxonomy = loadTaxonomy({ extraFolder: options.signatureFolder });
  const profile = options.device === null ? null : readDeviceProfile(options.device, new Set(taxonomy.keys()));
  const detector = compileDetector(NO_DEVICE, { app: null, taxonomy, limits: DEFAULT_LIMITS });
  const identifiers = new Set([...taxonomy.values()].filter(({ class: kind }) => kind === 'id').map(({ id }) => id));
  const reader = EvidenceReader.open(options.db, { secret: options.secret });
  try {
    if (options.capture !== null) reader.capture(options.capture);
    const apps = new Map(reader.captures().map(({ name, app }) => [name, app]));
    // What stands in for values is of nobody's phone.
    const redacted = new Set(
      reader.captures().flatMap(({ name, facts }) => (facts['redacted'] === true ? [name] : [])),
    );
    const sightings: Sighting[] = [];
    for (const exchange of reader.exchanges({ capture: options.capture, limit: null })) {
      if (redacted.has(exchange.capture)) continue;
      const app = apps.get(exchange.capture) ?? null;
      sightings.push(...sightingsIn(reader, detector, exchange, app));
    }
    return proposeValues(sightings, identifiers, valuesOf(profile));
  } finally {
    reader.close();
  }
}

function sightingsIn(
  reader: EvidenceReader,
  detector: Detector,
  exchange: StoredExchange,
  app: string | null,
): readonly Sighting[] {
  const { id, request, requestBody } = exchange;
  const found = [...detector.detectHead(decodeRequestHead(request, DEFAULT_LIMITS), 'request').detections];
  const isRead = requestBody !== null && requestBody.size > 0 && requestBody.size <= bodyBytesMax;
  const bytes = isRead ? reader.body(requestBody.sha256) : null;
  if (bytes !== null) {
    const about = { ...describeBody(request.headers, true), head: request };
    const decoded = decodeBody(bytes, about, DEFAULT_LIMITS);
    found.push(...detector.detectBody(decoded, { direction: 'request', place: 'body', message: null }).detections);
  }
  return found.map((detection) => ({ exchange: id, host: request.host, app, detection }));
}

function valuesOf(profile: DeviceProfile | null): ReadonlySet<string> {
  if (profile === null) return new Set();
  const lists = [profile.identifiers, ...Object.values(profile.perApp)].flatMap((identifiers) =>
    Object.values(identifiers),
  );
  return new Set(lists.flat().flatMap((value) => [value, value.toLowerCase(), value.toUpperCase()]));
}
