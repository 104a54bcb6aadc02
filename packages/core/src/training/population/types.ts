import type { TrainingEvents } from "../../population/types.ts";
import type { RandomStream } from "../../random/index.ts";
import type { ParameterLayout } from "../../tensor/index.ts";

/** Everything that is learned, as one flat vector: dense parameters first, then rows of item tables. */
export interface LearnedVector {
  /** [size], live. */
  readonly values: Float32Array;
  readonly size: number;
  readonly layout: ParameterLayout;
  /** Stretches of the tables behind the dense parameters: `items` [items, width], `codes` [levels * size, width]. */
  readonly tables: readonly {
    readonly name: string;
    readonly offset: number;
    readonly rows: number;
    readonly width: number;
  }[];
}

/** What a set of users sums up to. */
export interface UsersSum {
  /** Users that had something to learn from. */
  readonly users: number;
  /** Sum of the users' losses, and of its terms by name. */
  readonly loss: number;
  readonly terms: Readonly<Record<string, number>>;
  /** Item rows that users looked at, negatives among them, summed over users. */
  readonly rows: number;
  /** [users], norms before clipping; only where a bound was given. */
  readonly norms: Float64Array;
}

export interface SumOptions {
  /** What is drawn for a user (negatives, masks) follows from this and the user alone, not from the order. */
  readonly streamOf: (user: number) => RandomStream;
  /** Each user's gradient is scaled to at most this norm before it is added; undefined: as it is. */
  readonly bound?: number | undefined;
  /** Whether masks are drawn; default: yes. */
  readonly dropout?: boolean;
  /** What sequences are read from, where a client sees but a part: events of one domain. Default: all. */
  readonly view?: TrainingEvents | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Share of the users done. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** Gradients of users' losses, many users in one program. */
export interface PopulationGradients {
  readonly learned: LearnedVector;
  /** Adds the gradients of the users to `sum` [size] (doubles); users without a training target add nothing. */
  readonly add: (users: Int32Array, sum: Float64Array, options: SumOptions) => Promise<UsersSum>;
  readonly close: () => Promise<void>;
}
