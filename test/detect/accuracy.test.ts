import { describe, expect, it } from 'vitest';
import { detect, isFound, negativeCases, positiveCases } from '../../bench/accuracy/corpus.ts';
import { inventedPhone } from '../../bench/accuracy/values.ts';
import { describeBody } from '../../src/decode/describe.ts';
import { replayChain, replayHeadChain } from '../../src/decode/replay.ts';
import { compileDetector } from '../../src/detect/detector.ts';
import { DEFAULT_LIMITS } from '../../src/model/limits.ts';
import { loadTaxonomy } from '../../src/signatures/data-types.ts';

/** One case in so many of the corpus of `npm run bench:accuracy`; a prime, so that every dressing meets many containers. */
const EVERY = 23;
const NEGATIVES = 4_000;

const phone = inventedPhone(41);
const taxonomy = loadTaxonomy({ extraFolder: null });
const detector = compileDetector(phone, { app: 'com.example.app', taxonomy, limits: DEFAULT_LIMITS });

describe('decoding and detection together', () => {
  it('find every value in every dressing and container of the slice', () => {
    const cases = [...positiveCases(phone, EVERY)];
    const missed = cases.filter((one) => !isFound(one, detect(detector, one.sample)));
    expect(missed.map(({ dataType, dressing, container }) => `${dataType}, ${dressing}, ${container}`)).toEqual([]);
    expect(cases.length).toBeGreaterThan(1_500);
  });

  it('leave a way to each value that can be walked again from the bytes that were sent', () => {
    let walked = 0;
    for (const { sample, container } of positiveCases(phone, EVERY * 3)) {
      for (const { place, decodeChain, offset, length } of detect(detector, sample)) {
        const { head, body } = sample;
        const about = { ...describeBody(head.headers, true), head };
        const steps =
          place === 'body'
            ? replayChain(body, decodeChain, about, DEFAULT_LIMITS)
            : replayHeadChain(head, decodeChain, DEFAULT_LIMITS);
        expect(
          steps.map(({ step }) => step),
          container,
        ).toEqual(decodeChain);
        const codedLast = steps.findLast(({ step }) => !step.includes(':'));
        const whole = codedLast?.bytes ?? (place === 'body' ? body : null);
        if (whole !== null) expect(offset + length, container).toBeLessThanOrEqual(whole.length);
        walked++;
      }
    }
    expect(walked).toBeGreaterThan(500);
  });

  it('find nothing in what only looks like a value', () => {
    let cases = 0;
    const wrong: string[] = [];
    for (const one of negativeCases(phone, NEGATIVES, 17)) {
      cases++;
      for (const { dataType, transform } of detect(detector, one.sample)) {
        wrong.push(`${one.dressing}, ${one.container}: ${dataType} ${transform}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(cases).toBeGreaterThan(3_900);
  });
});
