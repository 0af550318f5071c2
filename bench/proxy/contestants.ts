import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type Processes, pause, type Running, stopped } from './processes.ts';

/** A proxy that can be started. */
export interface Contestant {
  readonly name: string;
  start(hosts?: readonly string[]): Promise<Running>;
}

const root = process.cwd();

/** Twelve identifiers, as many as a careful tester types in. */
export const IDENTIFIERS = {
  imei: ['867532051234567', '867532051234575'],
  android_id: ['9f8e7d6c5b4a3921'],
  mac_address: ['a4:50:46:1b:2c:3d', 'a4:50:46:1b:2c:3e'],
  oaid: ['2e66865617a9bf39'],
  serial_number: ['R58M45ABCDE'],
  phone_number: ['13812345678'],
  imsi: ['460017290345186'],
  iccid: ['89860012345678901234'],
  gaid: ['38400000-8cf0-11bd-b23e-10b96e40000d'],
  email: ['someone@mail.example'],
};

export function bare(processes: Processes, name: string): Contestant {
  const script = join(root, '.bench', 'bench', 'proxy', 'candidates.js');
  return {
    name,
    start: () => processes.listening(process.execPath, [script, name, processes.folder, root], /^port (\d+)/),
  };
}

/** telltale as it is shipped, with everything on, and what it wrote down. */
export class Audited implements Contestant {
  readonly name = 'telltale, audited';
  readonly #processes: Processes;
  readonly #db: string;

  constructor(processes: Processes) {
    this.#processes = processes;
    this.#db = join(processes.folder, 'bench.db');
  }

  /** @param hosts names with `:PORT` that are all to be found on loopback. */
  start(hosts: readonly string[] = []): Promise<Running> {
    const { folder } = this.#processes;
    for (const file of [this.#db, `${this.#db}-wal`, `${this.#db}-shm`]) rmSync(file, { force: true });
    const device = join(folder, 'device.json');
    writeFileSync(device, JSON.stringify({ name: 'bench', platform: 'android', identifiers: IDENTIFIERS }));
    const args = ['proxy', '--listen', '127.0.0.1:0', '--db', this.#db, '--ca-dir', join(folder, 'certs')];
    args.push(
      '--device',
      device,
      '--insecure-upstream',
      '--allow-private',
      '--upstream',
      'none',
      '--log-level',
      'silent',
    );
    for (const host of hosts)
      args.push('--resolve', `${host.slice(0, host.lastIndexOf(':'))}=127.0.0.1${host.slice(host.lastIndexOf(':'))}`);
    const main = join(root, 'dist', 'cli', 'main.js');
    return this.#processes.listening(process.execPath, [main, ...args], /listening on http:\/\/127\.0\.0\.1:(\d+)/);
  }

  /**
   * Ends it as an operator does, and looks whether everything that passed is in the evidence file.
   * @param longBodies of so many bytes are among them: too long to be kept whole, they must be in the ledger with all their bytes.
   * @throws Error when an exchange is missing or passed unread, or a long body was not heard to its end.
   */
  async close({ child }: Running, exchanges: number, longBodies: readonly number[] = []): Promise<void> {
    await stopped(child, 'SIGTERM');
    if (child.exitCode !== 0) throw new Error(`telltale ended with ${child.exitCode ?? child.signalCode}`);
    const database = new Database(this.#db, { readonly: true });
    const count = (sql: string) => database.prepare(sql).pluck().get() as number;
    const stored = count('SELECT count(*) FROM exchanges WHERE error IS NULL AND status = 200');
    const unread = count(
      "SELECT count(*) FROM gaps WHERE kind IN ('tls-passthrough', 'tunnel', 'not-stored', 'audit-failed')",
    );
    const heard = (bytes: number) =>
      count(`SELECT count(*) FROM gaps WHERE kind = 'limit-body-bytes' AND detail LIKE '% of ${bytes} bytes kept'`);
    const sizes = [...new Set(longBodies)];
    const unheard = sizes.filter((bytes) => heard(bytes) !== longBodies.filter((other) => other === bytes).length);
    database.close();
    if (stored !== exchanges) throw new Error(`${stored} of ${exchanges} exchanges are in the evidence file`);
    if (unread > 0) throw new Error(`${unread} connections passed unread`);
    if (unheard.length > 0) throw new Error('a long body was not heard to its end');
  }
}

function mitmdump(processes: Processes): Contestant {
  const port = 18_099;
  return {
    name: 'mitmdump',
    start: async () => {
      const args = [
        '-q',
        '--listen-host',
        '127.0.0.1',
        '-p',
        String(port),
        '--ssl-insecure',
        '--set',
        `confdir=${processes.folder}/mitmproxy`,
      ];
      const child = processes.started('mitmdump', args);
      for (let turn = 0; turn < 200 && !(await opens(port)); turn++) await pause(100);
      return { port, pid: child.pid as number, child };
    },
  };
}

/** All there are on this machine; `say` hears which are left out. */
export function contestants(processes: Processes, say: (line: string) => void): Contestant[] {
  const list: Contestant[] = [
    bare(processes, 'tunnel'),
    bare(processes, 'relay'),
    new Audited(processes),
    bare(processes, 'http-mitm-proxy'),
  ];
  if (existsSync(join(root, 'bench', 'node_modules', 'mockttp'))) list.push(bare(processes, 'mockttp'));
  else say('mockttp: left out, it is not installed (npm install --prefix bench)');
  if (spawnSync('mitmdump', ['--version']).status === 0) list.push(mitmdump(processes));
  else say('mitmdump: left out, it is not on this machine (Debian: apt install mitmproxy)');
  return list;
}

function opens(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      done(true);
    });
    socket.on('error', () => done(false));
  });
}
