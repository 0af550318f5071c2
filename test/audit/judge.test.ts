import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type JudgeRequest, judgeCapture } from '../../src/audit/judge.ts';
import { reportCapture } from '../../src/audit/report-capture.ts';
import { EvidenceWriter } from '../../src/evidence/evidence-writer.ts';
import { START } from '../evidence/samples.ts';
import { lampFiles } from './lamp.ts';

const { folder, db, policy } = lampFiles();
const request = (more: Partial<JudgeRequest> = {}): JudgeRequest => ({ db, capture: null, policy, ...more });

describe('judgeCapture', () => {
  it.each([
    [{ failOn: 'undeclared' }, ['undeclared × 1', 'undeclared-recipient × 1']],
    [{ failOn: 'cleartext' }, []],
    [{ failOn: 'before-consent', consentAfterSeconds: 60 }, ['before-consent × 3']],
    [{ failOn: 'before-consent', consentAfterSeconds: 0 }, []],
    [{ capture: 'first', failOn: 'undeclared-recipient' }, []],
    [{ profile: 'gdpr' as const, severityThreshold: 'critical' }, []],
    [{ failOn: 'unnecessary', category: '实用工具' }, ['unnecessary × 3']],
  ])('with %j fails for %j', (more, failures) => {
    expect(judgeCapture(request(more)).failures).toEqual(failures);
  });

  it.each([
    [{ failOn: 'nonsense' }, '--fail-on: nonsense is neither a verdict nor a rule'],
    [{ severityThreshold: 'severe' }, '--severity-threshold: severe is no severity'],
    [{ category: 'nonsense' }, '--category: there is no kind of app named nonsense'],
    [{ capture: 'third' }, 'holds no capture named third'],
    [{ mmdb: join(folder, 'gone.mmdb') }, 'Cannot read'],
    [{ baseline: policy }, 'JSON expected'],
    [{ baseline: join(folder, 'gone.json') }, 'Cannot read'],
    [{ policy: join(folder, 'gone.txt') }, 'Cannot read'],
    [{ db: join(folder, 'gone.db') }, 'There is no evidence file'],
    [{ signatureFolder: join(folder, 'gone') }, 'there is no such folder'],
  ])('refuses %j: %s', (more, message) => {
    expect(() => judgeCapture(request(more))).toThrow(message);
  });

  it('follows marks that are set after the capture', () => {
    const late = join(folder, 'late.db');
    const writer = EvidenceWriter.open(late);
    const capture = writer.beginCapture({ name: 'n', startedAt: START, app: null, deviceName: null, facts: {} });
    writer.addMark(capture, { kind: 'consent', at: START, note: null });
    writer.close();
    const marks = () => judgeCapture(request({ db: late })).comparison.marks.map(({ kind }) => kind);
    expect(marks()).toEqual(['consent']);
    const again = EvidenceWriter.open(late);
    again.addMark(capture, { kind: 'refused', at: START + 1000, note: null });
    again.close();
    expect(marks()).toEqual(['consent', 'refused']);
  });
});

describe('reportCapture', () => {
  it.each(['html', 'md', 'json', 'csv', 'sarif', 'junit'] as const)(
    'gives the same bytes each time, without identifiers: %s',
    (format) => {
      const text = [...reportCapture(request(), format, '0.1.0').pieces].join('');
      expect([...reportCapture(request(), format, '0.1.0').pieces].join('')).toBe(text);
      expect(text).toContain('tracker.example');
      expect(text).not.toContain('867532051234567');
      expect(text).not.toContain('2e66865617a9bf39');
    },
  );
});
