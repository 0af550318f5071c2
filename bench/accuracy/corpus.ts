import { decodeBody } from '../../src/decode/decode-body.ts';
import { decodeRequestHead } from '../../src/decode/decode-head.ts';
import { describeBody } from '../../src/decode/describe.ts';
import type { Detector } from '../../src/detect/detector.ts';
import type { DeviceProfile } from '../../src/model/device-profile.ts';
import type { Detection } from '../../src/model/finding.ts';
import { DEFAULT_LIMITS } from '../../src/model/limits.ts';
import { CONTAINERS, type Sample } from './containers.ts';
import { negatives } from './negatives.ts';
import { DRESSINGS } from './transforms.ts';

/** One request of the corpus, and what it holds: null for nothing of the phone. */
export interface Case {
  readonly dataType: string | null;
  readonly value: string | null;
  readonly dressing: string;
  readonly container: string;
  readonly sample: Sample;
}

/** Every value × dressing × container that can be made; `every` thins them out evenly. */
export function* positiveCases(phone: DeviceProfile, every = 1): Generator<Case> {
  let number = 0;
  for (const [dataType, values] of Object.entries(phone.identifiers)) {
    const value = values[0] as string;
    for (const dressing of DRESSINGS) {
      const content = dressing.dress(value, dataType);
      if (content === null) continue;
      for (const container of CONTAINERS) {
        if (number++ % every !== 0) continue;
        const sample = container.hold(content);
        if (sample === null) continue;
        yield { dataType, value, dressing: dressing.name, container: container.name, sample };
      }
    }
  }
}

export function* negativeCases(phone: DeviceProfile, count: number, seed: number): Generator<Case> {
  let number = 0;
  for (const { name, content } of negatives(count, phone, seed)) {
    const container = CONTAINERS[number++ % CONTAINERS.length] as (typeof CONTAINERS)[number];
    const sample = container.hold(content);
    if (sample !== null) yield { dataType: null, value: null, dressing: name, container: container.name, sample };
  }
}

/** The whole way of a request through decoding and detection. */
export function detect(detector: Detector, { head, body }: Sample): readonly Detection[] {
  const fromHead = detector.detectHead(decodeRequestHead(head, DEFAULT_LIMITS), 'request').detections;
  if (body.length === 0) return fromHead;
  const about = { ...describeBody(head.headers, true), head };
  const decoded = decodeBody(body, about, DEFAULT_LIMITS);
  return [
    ...fromHead,
    ...detector.detectBody(decoded, { direction: 'request', place: 'body', message: null }).detections,
  ];
}

/** Values of one phone that are parts of each other or of a hash of each other do not disturb: the type is what counts. */
export function isFound({ dataType, value }: Case, detections: readonly Detection[]): boolean {
  return detections.some((detection) => detection.dataType === dataType && detection.value === value);
}
