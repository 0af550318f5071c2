/**
 * How fast whole bodies go through decoding and detection on one thread: JSON, forms, base64 and binary in equal parts, with the
 * patterns of an invented phone of twenty identifiers. RUNS: how often each part is measured; the least counts.
 */
import { compileDetector } from '../src/detect/detector.ts';
import { DEFAULT_LIMITS } from '../src/model/limits.ts';
import { loadTaxonomy } from '../src/signatures/data-types.ts';
import { wholeAuditSpeed } from './accuracy/speed.ts';
import { inventedPhone } from './accuracy/values.ts';
import { machine } from './machine.ts';
import { saveResults, targetLine } from './results.ts';

const phone = inventedPhone(7);
const taxonomy = loadTaxonomy({ extraFolder: null });
const detector = compileDetector(phone, { app: 'com.example.app', taxonomy, limits: DEFAULT_LIMITS });
const { line, target } = wholeAuditSpeed(detector, Number(process.env['RUNS'] ?? 8));
const lines = [
  `${machine()}; ${detector.patternCount} patterns of ${Object.keys(phone.identifiers).length} identifiers`,
  line,
  targetLine(target),
];
for (const one of lines) console.log(one);
saveResults('audit', lines, [target]);
