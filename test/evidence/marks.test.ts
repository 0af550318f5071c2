import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EvidenceReader } from '../../src/evidence/evidence-reader.ts';
import { EvidenceWriter } from '../../src/evidence/evidence-writer.ts';
import { addMarkTo } from '../../src/evidence/marks.ts';
import { aCapture, anExchange, START, temporaryFile } from './samples.ts';

describe('addMarkTo', () => {
  it('marks the latest capture, or the one named, while a writer has the file', () => {
    const path = temporaryFile();
    const writer = EvidenceWriter.open(path);
    writer.beginCapture(aCapture('first'));
    const second = writer.beginCapture(aCapture('second'));
    writer.addExchange(anExchange(second));
    expect(addMarkTo(path, null, 'consent', START + 10, null)).toBe('second');
    expect(addMarkTo(path, 'first', 'note', START + 20, 'hello')).toBe('first');
    writer.addExchange(anExchange(second));
    writer.addMark(second, { kind: 'refused', at: START + 30, note: null });
    writer.close();
    const reader = EvidenceReader.open(path);
    expect(reader.captureEvidence('second').marks.map(({ kind }) => kind)).toEqual(['consent', 'refused']);
    expect([...reader.exchanges({ capture: 'second', limit: null })]).toHaveLength(2);
    expect(reader.captureEvidence('first').marks).toEqual([{ id: 2, kind: 'note', at: START + 20, note: 'hello' }]);
    reader.close();
  });

  it('leaves a finished file one that read-only media can hold', () => {
    /** SQLite's file format versions: 2 asks for a log beside the file, also to read it. */
    const versions = () => [...readFileSync(path).subarray(18, 20)];
    const path = temporaryFile();
    const writer = EvidenceWriter.open(path);
    writer.beginCapture(aCapture('first'));
    addMarkTo(path, null, 'consent', START, null);
    expect(versions()).toEqual([2, 2]);
    writer.close();
    expect(versions()).toEqual([1, 1]);
    addMarkTo(path, null, 'consent', START, null);
    expect(versions()).toEqual([1, 1]);
  });

  it('refuses a file that is not there, and a capture that is unknown', () => {
    const path = temporaryFile();
    expect(() => addMarkTo(path, null, 'consent', START, null)).toThrow(
      expect.objectContaining({ code: 'evidence-missing' }),
    );
    EvidenceWriter.open(path).close();
    expect(() => addMarkTo(path, null, 'consent', START, null)).toThrow(
      expect.objectContaining({ code: 'capture-none' }),
    );
    const writer = EvidenceWriter.open(path);
    writer.beginCapture(aCapture('first'));
    writer.close();
    expect(() => addMarkTo(path, 'other', 'consent', START, null)).toThrow(
      expect.objectContaining({ code: 'capture-unknown' }),
    );
  });
});
