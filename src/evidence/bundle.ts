import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { operatorError } from '../model/errors.ts';
import type { NewExchange } from '../model/evidence.ts';
import { explained, openForReading } from './database.ts';
import { EvidenceReader } from './evidence-reader.ts';
import { EvidenceWriter, type WriterOptions } from './evidence-writer.ts';
import type { ExchangeRow } from './exchange-row.ts';
import { captureNamed } from './marks.ts';
import type { EvidenceSecret } from './protection.ts';
import { pruneEvidence } from './prune.ts';
import type { StoredFinding } from './row-reading.ts';
import { signingKeyPath } from './signing-key.ts';
import { verifyEvidence } from './verify.ts';

/**
 * Writes one capture as a file of its own, which `verify` checks by itself: a copy from which the other captures are pruned, so that
 * the chain of seals is the whole one and says what was left out.
 *
 * @param capture null: the latest. @returns its name.
 * @throws TelltaleError `file-unwritable`, also when the output exists.
 */
export function exportBundle(
  path: string,
  capture: string | null,
  output: string,
  now: number,
  options: { readonly secret: EvidenceSecret | null; readonly keyPath?: string },
): string {
  if (existsSync(output)) throw operatorError('file-unwritable', { path: output, reason: 'it exists already' });
  const draft = `${resolve(output)}.${process.pid}.part`;
  const database = openForReading(path);
  try {
    const { id, name } = captureNamed(database, path, capture);
    const others = database.prepare('SELECT name FROM captures WHERE id <> ?').pluck().all(id) as string[];
    explained(output, () => {
      closeSync(openSync(draft, 'wx', 0o600));
      database.prepare('VACUUM INTO ?').run(draft);
    });
    if (others.length > 0)
      pruneEvidence(draft, {
        captures: others,
        olderThan: null,
        reason: `export of ${name}: ${others.length} other captures left out`,
        account: [],
        now,
        secret: options.secret,
        keyPath: options.keyPath ?? signingKeyPath(path),
      });
    explained(output, () => renameSync(draft, output));
    return name;
  } finally {
    database.close();
    for (const rest of ['', '-wal', '-shm', '-lock']) rmSync(`${draft}${rest}`, { force: true });
  }
}

/**
 * Takes the captures of a bundle into an evidence file. Its seals are checked first; what is written here is sealed by this file's
 * own key, and the capture's facts say which seal and key of the bundle it stands on.
 *
 * @returns the names that the captures have here.
 * @throws TelltaleError `evidence-invalid` when the bundle's seals do not hold.
 */
export function importBundle(
  bundle: string,
  path: string,
  options: WriterOptions & { readonly bundleSecret?: EvidenceSecret | null; readonly name?: string | null },
): readonly string[] {
  const { broken, lastSeal, keys } = verifyEvidence(bundle, { seal: null, keys: [] });
  if (broken !== null) throw operatorError('evidence-invalid', { path: bundle, reason: broken });
  const reader = EvidenceReader.open(bundle, { secret: options.bundleSecret ?? null });
  try {
    const writer = EvidenceWriter.open(path, options);
    try {
      return reader.captures().map((capture) =>
        copyCapture(reader, writer, capture.id, options.name ?? capture.name, {
          bundle_seal: lastSeal,
          bundle_key: keys.join(' '),
        }),
      );
    } finally {
      writer.close();
    }
  } finally {
    reader.close();
  }
}

function copyCapture(
  reader: EvidenceReader,
  writer: EvidenceWriter,
  id: number,
  name: string,
  facts: Readonly<Record<string, string | null>>,
): string {
  const stored = reader.captures().find((capture) => capture.id === id);
  if (stored === undefined) throw new RangeError(`capture ${id} is not there`);
  const capture = writer.beginCapture({ ...stored, name, facts: { ...stored.facts, ...facts } });
  const connections = new Map(
    reader
      .connectionsOf(id)
      .map(({ id: from, closedAt, ...connection }) => [
        from,
        { row: writer.addConnection({ ...connection, capture }), closedAt },
      ]),
  );
  const exchanges = new Map<number, number>();
  for (const exchange of reader.exchanges({ capture: stored.name, limit: null })) {
    const connection = exchange.connection === null ? null : (connections.get(exchange.connection)?.row ?? null);
    exchanges.set(exchange.id, writer.addExchange(copyOf(reader, writer, exchange, capture, connection)));
  }
  for (const gap of reader.gaps({ capture: stored.name, limit: null }))
    writer.addGap({
      ...gap,
      capture,
      connection: null,
      exchange: gap.exchange === null ? null : (exchanges.get(gap.exchange) ?? null),
    });
  for (const mark of reader.marks(id)) writer.addMark(capture, mark);
  for (const { row, closedAt } of connections.values()) if (closedAt !== null) writer.closeConnection(row, closedAt);
  if (stored.endedAt !== null) writer.endCapture(capture, stored.endedAt);
  return writer.captureName(capture);
}

function copyOf(
  reader: EvidenceReader,
  writer: EvidenceWriter,
  exchange: ExchangeRow,
  capture: number,
  connection: number | null,
): NewExchange {
  const copy = (sha256: string | undefined) => (sha256 === undefined ? null : copyBody(reader, writer, sha256));
  return {
    capture,
    connection,
    startedAt: exchange.startedAt,
    endedAt: exchange.endedAt,
    request: exchange.request,
    requestTrailers: exchange.requestTrailers,
    requestBody: exchange.requestBody && (copy(exchange.requestBody.sha256) ?? writer.putMissing(exchange.requestBody)),
    response: exchange.response,
    responseTrailers: exchange.responseTrailers,
    responseBody:
      exchange.responseBody && (copy(exchange.responseBody.sha256) ?? writer.putMissing(exchange.responseBody)),
    serverAddress: exchange.serverAddress,
    recipient: exchange.recipient,
    error: exchange.error,
    messages: reader
      .messagesOf(exchange.id)
      .map((message) => ({ ...message, body: copy(message.body.sha256) ?? writer.putMissing(message.body) })),
    findings: reader.findingsOf(exchange.id).map(detectionOf),
    gaps: [],
  };
}

function copyBody(reader: EvidenceReader, writer: EvidenceWriter, sha256: string) {
  const pieces = reader.bodyPieces(sha256);
  if (pieces === null) return null;
  const body = writer.openBody();
  for (const piece of pieces) body.write(piece);
  return body.finish();
}

function detectionOf({ finding, value, valueIndex }: StoredFinding): NewExchange['findings'][number] {
  const { dataType, direction, place, field, decodeChain, offset, length, transform, match, message } = finding;
  return {
    dataType,
    valueIndex,
    direction,
    place,
    field,
    decodeChain,
    offset,
    length,
    transform,
    match,
    value,
    message,
  };
}
