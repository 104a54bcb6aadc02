import type { SavedState } from "../../../federation/stage.ts";
import type { Matrix } from "../../../federation/coordination/index.ts";
import type { RandomStream } from "../../../random/index.ts";

/** One part of the model in one round; client by client, in the order of `clients`. */
export interface PartRound {
  /** The part's array, for instance `expert:0/scenario`. */
  readonly name: string;
  /** Who took part, sorted. */
  readonly clients: readonly string[];
  /** Those of them that took part in the round before. */
  readonly continued: readonly boolean[];
  readonly received: readonly Float32Array[];
  readonly trained: readonly Float32Array[];
  /** trained - received. */
  readonly updates: readonly Float64Array[];
  /** What a client's parameters are worth: its training rows that know the part's task. */
  readonly sizes: readonly number[];
  /** Whose average each client receives, where similarity decides. */
  readonly weights: Matrix;
  readonly stream: RandomStream;
}

export interface PartOutcome {
  /** What each client of the round receives next. */
  readonly next: readonly (Float64Array | Float32Array)[];
  /** What clients that did not take part receive; absent: they keep what they have. */
  readonly others?: Float64Array;
  readonly memory?: SavedState;
  /** Row k: the weights of all clients in what client k receives. */
  readonly weights?: Matrix;
  /** Each client's share of a direction. */
  readonly mixing?: readonly number[];
}

/** How the server joins one part of the model. Its memory is an explicit value. */
export type PartRule = (round: PartRound, memory: SavedState) => PartOutcome;
