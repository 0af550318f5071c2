import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type RunningCapture, startCapture } from '../kit/capture.ts';
import { writeProfile } from '../kit/profile.ts';
import { run } from '../kit/run.ts';
import { telltale } from '../kit/telltale.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

/** A file that holds these bytes. */
function fileWith(folder: string, name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('bad input to a command ends in one clear line and exit code 2', () => {
  const folderFor = () => temporaryFolder();

  it.each([
    [
      'a device profile with a wrong key',
      (f: string) => [
        'scan',
        fileWith(f, 'x.txt', 'x'),
        '--device',
        fileWith(f, 'd.json', '{"name":"a","identifiers":{"imie":["1"]}}'),
      ],
      /d\.json.*imie/,
    ],
    [
      'a device profile that is no JSON',
      (f: string) => ['scan', fileWith(f, 'x.txt', 'x'), '--device', fileWith(f, 'd.json', '{"name"')],
      /d\.json/,
    ],
    [
      'a policy that is not there',
      (f: string) => ['policy', 'extract', join(f, 'none.txt'), '--format', 'json'],
      /none\.txt/,
    ],
    [
      'a policy of random bytes',
      (f: string) => [
        'policy',
        'extract',
        fileWith(f, 'p.txt', Buffer.from(Array.from({ length: 4_000 }, (_, i) => (i * 7919) % 256))),
        '--format',
        'json',
      ],
      /p\.txt/,
    ],
    [
      'clients that are no range',
      (f: string) => [
        'proxy',
        '--listen',
        '127.0.0.1:0',
        '--db',
        join(f, 'a.db'),
        '--ca-dir',
        f,
        '--allow',
        '10.0.0.0/99',
      ],
      /--allow: 10\.0\.0\.0\/99 is not a CIDR/,
    ],
    ['a choice that is none', () => ['proxy', '--on-refusal', 'maybe'], /--on-refusal.*pass, block.*--help/],
    ['an empty policy', (f: string) => ['policy', 'extract', fileWith(f, 'p.txt', ''), '--format', 'json'], /p\.txt/],
    [
      'an evidence file that is not there',
      (f: string) => ['findings', '--db', join(f, 'none.db'), '--format', 'json'],
      /none\.db/,
    ],
    [
      'an evidence file that is none',
      (f: string) => [
        'findings',
        '--db',
        fileWith(f, 'text.db', 'this is no database, whatever its name says'.repeat(100)),
        '--format',
        'json',
      ],
      /text\.db/,
    ],
    [
      'a proxy writing to a file that is no database',
      (f: string) => [
        'proxy',
        '--listen',
        '127.0.0.1:0',
        '--ca-dir',
        join(f, 'certs'),
        '--db',
        fileWith(f, 'text.db', 'no database'.repeat(200)),
      ],
      /text\.db/,
    ],
    [
      'a recording that is none',
      (f: string) => ['import', fileWith(f, 'x.har', 'not json'), '--db', join(f, 'x.db')],
      /x\.har/,
    ],
    ['an unknown command', () => ['frobnicate'], /frobnicate/],
    ['an unknown option', (f: string) => ['findings', '--db', join(f, 'x.db'), '--frob'], /--frob/],
  ])('%s', (_, argumentsOf, expected) => {
    const { status, stdout, stderr } = telltale(...argumentsOf(folderFor()));
    expect(stderr).toMatch(expected);
    expect(
      stderr
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('telltale:')),
    ).toHaveLength(1);
    expect(stderr).not.toMatch(/ {4}at /);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  it('a port in use', async () => {
    const folder = temporaryFolder();
    const server = createServer();
    const port = await new Promise<number>((settle) =>
      server.listen(0, '127.0.0.1', () => settle((server.address() as { port: number }).port)),
    );
    onTestFinished(() => void server.close());
    const { status, stderr } = telltale(
      'proxy',
      '--listen',
      `127.0.0.1:${port}`,
      '--db',
      join(folder, 'x.db'),
      '--ca-dir',
      join(folder, 'certs'),
    );
    expect(stderr).toMatch(new RegExp(`^telltale: Port ${port} .* in use`, 'm'));
    expect(status).toBe(2);
  });
});

describe('bad traffic', () => {
  const capture = (handler: Parameters<typeof startCapture>[0]) =>
    startCapture(handler, { options: (folder) => ['--device', writeProfile(folder)] });

  function curl({ proxy, caFile }: RunningCapture, ...args: string[]) {
    return run('curl', [
      '-sS',
      '--max-time',
      '60',
      '--proxy',
      `http://127.0.0.1:${proxy.port}`,
      '--cacert',
      caFile,
      ...args,
    ]);
  }

  /** The proxy serves an ordinary request, and ends well. */
  async function stillServes(at: RunningCapture): Promise<{ kind: string; place: string[]; host: string | null }[]> {
    expect((await curl(at, '-o', '/dev/null', '-w', '%{http_code}', 'https://api.example.com/fine')).stdout).toBe(
      '200',
    );
    expect((await at.proxy.stop()).status).toBe(0);
    return JSON.parse(telltale('gaps', '--db', at.db, '--format', 'json').stdout);
  }

  async function raw(port: number, text: string): Promise<string> {
    return new Promise((settle) => {
      const socket: Socket = connect(port, '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        answer += chunk;
        if (answer.includes('\r\n\r\n')) socket.destroy();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => settle(answer));
    });
  }

  it('a CONNECT to a path is refused and makes no file', async () => {
    const at = await capture((_, response) => response.end('ok'));
    const before = readdirSync(join(at.folder, 'certs')).sort();
    expect(await raw(at.proxy.port, 'CONNECT ../../etc/passwd:443 HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 4\d\d /,
    );
    await stillServes(at);
    expect(readdirSync(join(at.folder, 'certs')).sort()).toEqual(before);
    expect(existsSync('/etc/passwd.pem')).toBe(false);
  });

  it('a request line of 1 MB is refused', async () => {
    const at = await capture((_, response) => response.end('ok'));
    expect(
      await raw(
        at.proxy.port,
        `GET http://api.example.com/${'a'.repeat(1024 * 1024)} HTTP/1.1\r\nHost: api.example.com\r\n\r\n`,
      ),
    ).toMatch(/^HTTP\/1\.1 4\d\d |^$/);
    await stillServes(at);
  });

  it('a gzip bomb of 10 MB that unpacks to 10 GB is a gap', { timeout: 180_000 }, async () => {
    const at = await capture((_, response) => response.end('ok'));
    const bomb = join(at.folder, 'bomb.gz');
    writeFileSync(bomb, tenGigabytesOfZeros());
    expect(
      (
        await curl(
          at,
          '--data-binary',
          `@${bomb}`,
          '-H',
          'Content-Encoding: gzip',
          '-o',
          '/dev/null',
          '-w',
          '%{http_code}',
          'https://api.example.com/bomb',
        )
      ).stdout,
    ).toBe('200');
    expect(await stillServes(at)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'limit-decoded-bytes', place: expect.arrayContaining(['request', 'body']) }),
      ]),
    );
  });

  it('a truncated gzip body is read as far as it goes, and a gap', async () => {
    const at = await capture((_, response) => response.end('ok'));
    const whole = gzipSync(
      JSON.stringify({ first: '867532051234569', rest: Array.from({ length: 2_000 }, (_, i) => i * 7919) }),
    );
    const file = fileWith(at.folder, 'cut.gz', whole.subarray(0, Math.floor(whole.length / 2)));
    await curl(
      at,
      '--data-binary',
      `@${file}`,
      '-H',
      'Content-Type: application/json',
      '-H',
      'Content-Encoding: gzip',
      'https://api.example.com/cut',
    );
    expect(await stillServes(at)).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'body-cut', place: ['request', 'body', 'gzip'] })]),
    );
    const findings = JSON.parse(telltale('findings', '--db', at.db, '--format', 'json').stdout);
    expect(findings).toMatchObject([{ data_type: 'imei', decode_chain: ['gzip', 'json:first'] }]);
  });

  it('a server that resets in the middle of a body is a gap', async () => {
    const at = await capture((request, response) => {
      if (request.url === '/fine') {
        response.end('ok');
        return;
      }
      response.writeHead(200, { 'content-length': '100000' });
      // Destroyed with bytes still owed: the peer sees the connection break inside the body.
      response.write('x'.repeat(1_000), () => request.socket.destroy());
    });
    expect((await curl(at, '-o', '/dev/null', 'https://api.example.com/reset')).status).not.toBe(0);
    expect(await stillServes(at)).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'body-cut', place: ['response', 'body'] })]),
    );
  });
});

/**
 * 10 MB of gzip that unpack to 10 GB of zeros. A full flush makes packed bytes that stand alone, so one run of 16 MB is packed and
 * repeated; the check sum at the end is never reached.
 */
function tenGigabytesOfZeros(): Buffer {
  const run = deflateRawSync(Buffer.alloc(16 * 1024 * 1024), { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  const lastBlock = Buffer.from([3, 0]);
  return Buffer.concat([head, ...Array.from({ length: 640 }, () => run), lastBlock, Buffer.alloc(8)]);
}
