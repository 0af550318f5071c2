#!/usr/bin/env node
// Writes evidence until it is killed, and prints the number and time of every exchange as it finishes: see torture.mjs.
import { writeSync } from 'node:fs';
import { EvidenceWriter } from '../dist/evidence/evidence-writer.js';

const [path, from] = process.argv.slice(2);
const writer = EvidenceWriter.open(path);
const capture = writer.beginCapture({ name: 'torture', startedAt: Date.now(), app: null, deviceName: null, facts: {} });
let number = Number(from);

function exchange() {
  number += 1;
  const streamed = writer.openBody();
  // Every 50th body is large enough to go through the file in segments.
  for (let part = 0; part < (number % 50 === 0 ? 20 : 1); part++)
    streamed.write(Buffer.alloc(60_000, `${number} ${part} `));
  const requestBody = streamed.finish();
  writer.addExchange({
    capture,
    connection: null,
    startedAt: Date.now(),
    endedAt: Date.now(),
    request: {
      method: 'POST',
      scheme: 'https',
      host: 'a.example',
      port: 443,
      target: `/torture/${number}`,
      httpVersion: '1.1',
      headers: [['Host', 'a.example']],
    },
    requestTrailers: [],
    requestBody,
    response: null,
    responseTrailers: [],
    responseBody: null,
    serverAddress: null,
    recipient: { kind: 'third-party', id: 'a.example', name: 'a.example' },
    error: null,
    messages: [],
    findings: [
      {
        dataType: 'imei',
        valueIndex: 0,
        direction: 'request',
        place: 'body',
        field: null,
        decodeChain: [],
        offset: 0,
        length: 1,
        transform: 'plain',
        match: 'known-value',
        value: '867532051234567',
        message: null,
      },
    ],
    gaps: [],
  });
  writeSync(1, `${number} ${Date.now()}\n`);
}

setInterval(() => {
  for (let count = 0; count < 20; count++) exchange();
}, 5);
setInterval(() => writer.tick(Date.now()), 100);
