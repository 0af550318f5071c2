import type { MatchKind } from '../model/finding.ts';
import type { Field } from '../model/layer.ts';

/** Something found in a layer by its form or its place rather than by a pattern of the profile. */
export interface Hit {
  /** Index of the layer. */
  readonly layer: number;
  readonly field: Field | null;
  readonly start: number;
  readonly end: number;
  /** Where the value goes on, when it stands in two places of the layer, as the two numbers of a position do. */
  readonly rest?: { readonly start: number; readonly end: number };
  readonly dataType: string;
  readonly valueIndex: number | null;
  readonly transform: string;
  readonly match: MatchKind;
  /** The value that was recognised, as it stands there. */
  readonly value: string;
}
