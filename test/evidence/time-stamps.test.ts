import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { EvidenceWriter } from '../../src/evidence/evidence-writer.ts';
import { attachTimeStamp, timeStampRequest } from '../../src/evidence/time-stamps.ts';
import { verifyEvidence } from '../../src/evidence/verify.ts';
import { aCapture, temporaryFolder } from './samples.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) process.stderr.write('skipped: time stamps of an authority (no openssl here)\n');

const CONFIG = `
[req]
distinguished_name = dn
x509_extensions = ext
prompt = no
[dn]
CN = test authority
[ext]
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = tsa1
[tsa1]
serial = SERIAL
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
`;

describe.skipIf(!hasOpenssl)('time stamps', () => {
  const folder = temporaryFolder;

  /** An evidence file, a request over its last seal, and the answer of an authority of our own. */
  function stamped() {
    const at = folder();
    const run = (...args: string[]) => {
      const { status, stderr, stdout } = spawnSync('openssl', args, { cwd: at, encoding: 'utf8' });
      expect(status, stderr).toBe(0);
      return stdout;
    };
    const db = `${at}/a.db`;
    const writer = EvidenceWriter.open(db);
    writer.beginCapture(aCapture('a'));
    writer.close();
    const { seal, request } = timeStampRequest(db, null);
    writeFileSync(`${at}/a.tsq`, request);
    writeFileSync(`${at}/tsa.cnf`, CONFIG.replace('SERIAL', `${at}/serial`));
    run('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'tsa.key', '-out', 'tsa.pem', '-config', 'tsa.cnf');
    run(
      'ts',
      '-reply',
      '-config',
      'tsa.cnf',
      '-queryfile',
      'a.tsq',
      '-inkey',
      'tsa.key',
      '-signer',
      'tsa.pem',
      '-out',
      'a.tsr',
    );
    return { at, db, seal, run, response: readFileSync(`${at}/a.tsr`) };
  }

  it('are asked for, taken in, and stand over the seal', () => {
    const { db, seal, run, response } = stamped();
    expect(run('ts', '-query', '-in', 'a.tsq', '-text')).toMatch(
      /Hash Algorithm: sha256[\s\S]*Nonce: 0x[\s\S]*Certificate required: yes/,
    );
    expect(attachTimeStamp(db, response, 'a.tsr')).toBe(seal);
    run('ts', '-verify', '-digest', seal, '-in', 'a.tsr', '-CAfile', 'tsa.pem');
    expect(verifyEvidence(db, { seal, keys: [] }).broken).toBeNull();
  });

  it('are refused when they are of something else, and noticed when they were moved', () => {
    const { db, response } = stamped();
    expect(() => attachTimeStamp(db, Buffer.from('hello'), 'x')).toThrow(/TimeStampResp/);
    const other = stamped();
    expect(() => attachTimeStamp(db, other.response, 'x')).toThrow(/messageImprint/);
    attachTimeStamp(db, response, 'a.tsr');
    const database = new Database(db);
    database.exec('UPDATE time_stamps SET seal = 1');
    database.close();
    expect(verifyEvidence(db, { seal: null, keys: [] }).broken).toBe(
      'time_stamps 1 is not over the seal that it stands by',
    );
  });
});
