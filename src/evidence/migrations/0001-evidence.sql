-- The evidence file. Rows are only ever added (`telltale prune` apart, which leaves a signed account of what it took).
-- Every table down to `encryption` is covered by the seals: its rows, in the order of their ids, are what a seal's digest is made of.
-- Times are milliseconds since 1970. Columns of type ANY hold text, or bytes when the file is encrypted.

-- Public keys that signed seals of this file.
CREATE TABLE keys (
  id INTEGER PRIMARY KEY,
  public_key BLOB NOT NULL, -- Ed25519, 32 bytes
  added_at INTEGER NOT NULL
) STRICT;

-- Test devices, by the name of their profile.
CREATE TABLE devices (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- One recorded run: a device, an app under test, a start and an end.
CREATE TABLE captures (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  started_at INTEGER NOT NULL,
  app TEXT,
  device INTEGER REFERENCES devices,
  facts TEXT NOT NULL -- JSON object: version of telltale, options, digest of the signatures
) STRICT;

-- When a capture ended; no row while it runs, or when it was killed.
CREATE TABLE capture_ends (
  id INTEGER PRIMARY KEY,
  capture INTEGER NOT NULL UNIQUE REFERENCES captures,
  ended_at INTEGER NOT NULL
) STRICT;

-- Connections from the phone.
CREATE TABLE connections (
  id INTEGER PRIMARY KEY,
  capture INTEGER NOT NULL REFERENCES captures,
  opened_at INTEGER NOT NULL,
  phone_address TEXT NOT NULL,
  phone_port INTEGER NOT NULL,
  via TEXT NOT NULL, -- http, socks5, transparent, import
  device INTEGER REFERENCES devices -- null: the capture's own
) STRICT;

CREATE TABLE connection_ends (
  id INTEGER PRIMARY KEY,
  connection INTEGER NOT NULL REFERENCES connections,
  closed_at INTEGER NOT NULL
) STRICT;

-- Host names and addresses that were asked for, and addresses of servers that answered.
CREATE TABLE hosts (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- URL paths, without the query. The same path may stand here more than once.
CREATE TABLE paths (
  id INTEGER PRIMARY KEY,
  path ANY NOT NULL
) STRICT;

-- Who received exchanges.
CREATE TABLE recipients (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL, -- sdk, first-party, third-party
  ident TEXT NOT NULL, -- id of the SDK's signature; id of the app; registrable domain or address
  name TEXT NOT NULL,
  UNIQUE (kind, ident, name)
) STRICT;

-- What findings have in common: all but where, when and which value. The same shape may stand here more than once.
CREATE TABLE finding_shapes (
  id INTEGER PRIMARY KEY,
  data_type TEXT NOT NULL,
  direction TEXT NOT NULL, -- request, response
  place TEXT NOT NULL, -- url, header, cookie, body, websocket
  field ANY,
  decode_chain ANY NOT NULL, -- JSON list of steps
  transform TEXT NOT NULL,
  match TEXT NOT NULL, -- known-value, self-checking, structure
  value_index INTEGER -- which value of the device profile's list; null when none is behind it
) STRICT;

-- Values that were recognised, whole. The same value may stand here more than once.
CREATE TABLE found_values (
  id INTEGER PRIMARY KEY,
  value ANY NOT NULL
) STRICT;

-- Small bodies and the heads of exchanges, joined and compressed together.
CREATE TABLE packs (
  id INTEGER PRIMARY KEY,
  coding TEXT NOT NULL, -- raw or br; after a plus sign: how it is encrypted
  size INTEGER NOT NULL, -- of the bytes when unpacked
  data BLOB NOT NULL
) STRICT;

-- Bodies as sent, once each. In a pack (pack, start), or in segments (stream, segments); none of both: not kept.
CREATE TABLE bodies (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL,
  size INTEGER NOT NULL,
  pack INTEGER REFERENCES packs,
  start INTEGER,
  stream INTEGER,
  segments INTEGER
) STRICT;

-- One HTTP request with its response, or one WebSocket conversation.
CREATE TABLE exchanges (
  id INTEGER PRIMARY KEY,
  capture INTEGER NOT NULL REFERENCES captures,
  connection INTEGER REFERENCES connections,
  started_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  method TEXT NOT NULL,
  scheme TEXT NOT NULL, -- http, https, ws, wss
  host INTEGER NOT NULL REFERENCES hosts,
  port INTEGER NOT NULL,
  path INTEGER NOT NULL REFERENCES paths,
  query ANY, -- from the question mark on; null when there is none
  status INTEGER, -- null when the server never answered
  server INTEGER REFERENCES hosts, -- address of the server that answered; null when unknown
  recipient INTEGER NOT NULL REFERENCES recipients,
  request_body INTEGER REFERENCES bodies,
  response_body INTEGER REFERENCES bodies,
  finding_count INTEGER NOT NULL,
  error TEXT,
  head_pack INTEGER NOT NULL REFERENCES packs,
  head_start INTEGER NOT NULL,
  head_size INTEGER NOT NULL -- of the JSON list: request version, headers, trailers; response version, reason, headers, trailers
) STRICT;

-- Data types seen in exchanges.
CREATE TABLE findings (
  id INTEGER PRIMARY KEY,
  exchange INTEGER NOT NULL REFERENCES exchanges,
  shape INTEGER NOT NULL REFERENCES finding_shapes,
  start INTEGER NOT NULL, -- bytes into the layer that the decode chain leads to
  length INTEGER NOT NULL,
  value INTEGER NOT NULL REFERENCES found_values,
  message INTEGER, -- which message of the conversation, from 0
  message_at INTEGER -- when it passed
) STRICT;

-- Messages of WebSocket and gRPC conversations.
CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  exchange INTEGER NOT NULL REFERENCES exchanges,
  number INTEGER NOT NULL, -- from 0 within the exchange
  at INTEGER NOT NULL,
  direction TEXT NOT NULL,
  kind TEXT NOT NULL, -- text, binary, grpc, close, ping, pong
  body INTEGER NOT NULL REFERENCES bodies
) STRICT;

-- The coverage ledger: what passed but could not be looked into.
CREATE TABLE gaps (
  id INTEGER PRIMARY KEY,
  capture INTEGER NOT NULL REFERENCES captures,
  connection INTEGER REFERENCES connections,
  exchange INTEGER REFERENCES exchanges,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  host INTEGER REFERENCES hosts,
  port INTEGER,
  recipient INTEGER REFERENCES recipients,
  place TEXT NOT NULL, -- JSON list, from the outside in
  bytes_unread INTEGER, -- null when nobody can know
  detail TEXT,
  facts TEXT NOT NULL -- JSON object
) STRICT;

-- Points on the timeline, set by the tester.
CREATE TABLE marks (
  id INTEGER PRIMARY KEY,
  capture INTEGER NOT NULL REFERENCES captures,
  kind TEXT NOT NULL, -- consent, refused, foreground, background, note
  at INTEGER NOT NULL,
  note TEXT
) STRICT;

-- What `telltale prune` took away, and why.
CREATE TABLE prunes (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  captures TEXT NOT NULL, -- JSON list of names
  reason TEXT NOT NULL
) STRICT;

-- Digests that take the place of a seal's own where rows of its batch were pruned.
CREATE TABLE reseals (
  id INTEGER PRIMARY KEY,
  prune INTEGER NOT NULL REFERENCES prunes,
  seal INTEGER NOT NULL,
  content BLOB NOT NULL,
  checks BLOB NOT NULL
) STRICT;

-- How the file is encrypted; no row when it is not.
CREATE TABLE encryption (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  scheme TEXT NOT NULL, -- aes-256-gcm
  kdf TEXT NOT NULL, -- scrypt or key-file
  salt BLOB NOT NULL,
  proof BLOB NOT NULL -- a known text under the key, so that a wrong key is noticed
) STRICT;

-- Large bodies, cut into pieces; id is stream × 1048576 + number. Covered by the seals through their body.
CREATE TABLE segments (
  id INTEGER PRIMARY KEY,
  coding TEXT NOT NULL,
  size INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT;

-- The chain. Each seal covers the rows that were added with it, and the seal before it.
CREATE TABLE seals (
  id INTEGER PRIMARY KEY,
  capture INTEGER, -- whose rows these are; null for none in particular
  at INTEGER NOT NULL,
  upto TEXT NOT NULL, -- JSON list: the highest id of each sealed table, in the order of this file
  content BLOB NOT NULL, -- SHA-256 of the rows
  hash BLOB NOT NULL, -- SHA-256 of this seal with the hash of the one before
  signature BLOB NOT NULL, -- Ed25519 over hash
  key INTEGER NOT NULL REFERENCES keys,
  checks BLOB NOT NULL -- CRC-32 of each row, to name the first broken one
) STRICT;

-- RFC 3161 time stamps over seals.
CREATE TABLE time_stamps (
  id INTEGER PRIMARY KEY,
  seal INTEGER NOT NULL REFERENCES seals,
  token BLOB NOT NULL -- DER TimeStampResp
) STRICT;

-- Sums that make overviews quick; `telltale verify` adds them up again.
CREATE TABLE tallies (
  capture INTEGER NOT NULL REFERENCES captures,
  host INTEGER NOT NULL REFERENCES hosts,
  recipient INTEGER NOT NULL REFERENCES recipients,
  server INTEGER NOT NULL, -- row of hosts with the server's address; 0 when unknown
  exchanges INTEGER NOT NULL,
  findings INTEGER NOT NULL,
  request_bytes INTEGER NOT NULL,
  response_bytes INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (capture, host, recipient, server)
) STRICT, WITHOUT ROWID;

-- Findings by data type; added up again by `telltale verify`, too.
CREATE TABLE finding_tallies (
  capture INTEGER NOT NULL REFERENCES captures,
  recipient INTEGER NOT NULL REFERENCES recipients,
  data_type TEXT NOT NULL,
  findings INTEGER NOT NULL,
  PRIMARY KEY (capture, recipient, data_type)
) STRICT, WITHOUT ROWID;

CREATE INDEX bodies_by_hash ON bodies (substr(sha256, 1, 8));
CREATE INDEX bodies_by_stream ON bodies (stream) WHERE stream IS NOT NULL;
CREATE INDEX connection_ends_by_connection ON connection_ends (connection);
CREATE INDEX connections_by_capture ON connections (capture);
CREATE INDEX exchanges_by_capture ON exchanges (capture, started_at);
CREATE INDEX exchanges_by_host ON exchanges (host, started_at);
CREATE INDEX exchanges_by_recipient ON exchanges (recipient, started_at);
CREATE INDEX findings_by_exchange ON findings (exchange);
CREATE INDEX findings_by_shape ON findings (shape, exchange);
CREATE INDEX messages_by_exchange ON messages (exchange, number);
CREATE INDEX gaps_by_exchange ON gaps (exchange) WHERE exchange IS NOT NULL;
CREATE INDEX gaps_by_kind ON gaps (kind, at);
CREATE INDEX marks_by_capture ON marks (capture, at);
CREATE INDEX time_stamps_by_seal ON time_stamps (seal);
