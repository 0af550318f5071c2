/**
 * Every limit of the audit, with its unit in its name. Each one that bites makes the gap named beside it.
 * Limits of the relay itself (headers, time-outs, connections) live in intercept's own table.
 */
export interface AuditLimits {
  /** Bytes of one body that are kept for decoding; more are stored but only searched as they stream by. → `limit-body-bytes` */
  readonly decodedInputBytesMax: number;
  /** Bytes that all layers of one body may unpack to. → `limit-decoded-bytes` */
  readonly decodedBytesMax: number;
  /** Codings inside codings. → `limit-depth` */
  readonly depthMax: number;
  /** Layers of one body. → `limit-layers` */
  readonly layersMax: number;
  /** Fields of one body. → `limit-fields` */
  readonly fieldsMax: number;
  /** Milliseconds of decoding for one body. → `limit-time` */
  readonly decodeMsMax: number;
  /** Findings of one exchange. → `limit-findings` */
  readonly findingsMax: number;
  /** Messages of one WebSocket or gRPC conversation. → `limit-messages` */
  readonly messagesMax: number;
}

export const DEFAULT_LIMITS: AuditLimits = {
  decodedInputBytesMax: 12 * 1024 * 1024,
  decodedBytesMax: 64 * 1024 * 1024,
  depthMax: 12,
  layersMax: 2_000,
  fieldsMax: 50_000,
  decodeMsMax: 5_000,
  findingsMax: 5_000,
  messagesMax: 100_000,
};
