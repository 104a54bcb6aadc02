import type { RandomStream } from "../../random/index.ts";

export interface RoundRequest {
  /** [items * width], what the server sent; read only. */
  readonly shared: Float32Array;
  /** Users that answer, ascending. */
  readonly users: Int32Array;
  /** The answers are added here, [items * width]. */
  readonly sum: Float64Array;
  /** What a user draws follows from this and the user alone. */
  readonly streamOf: (user: number) => RandomStream;
  readonly signal?: AbortSignal | undefined;
  /** Share of the users done. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** Scores requests one after another. */
export interface Predictor {
  /** Takes up a user who asks; `history`: items chosen before, which may be more than those of training. */
  readonly begin: (user: number, history: Int32Array) => void;
  /** A finite number; larger is better. */
  readonly score: (item: number) => number;
}

/**
 * Users that each train on their own device with the same shared item vectors, simulated together: what one
 * of them computes follows from its own choices, what it keeps at home, and what it was sent.
 */
export interface SimulatedUsers {
  /** What users keep at home, live, user after user; never sent. */
  readonly home: Readonly<Record<string, Float32Array>>;
  /** Lets users answer a round; gives the mean of their losses and the choices that they learned from. */
  readonly answer: (
    request: RoundRequest,
  ) => Promise<{ readonly loss: number; readonly examples: number }>;
  readonly predictor: (shared: Float32Array) => Predictor;
}

export interface ServerStep {
  /** [items * width], sum of the answers. */
  readonly sum: ArrayLike<number>;
  /** Users that answered; at least one. */
  readonly answered: number;
  /** All users. */
  readonly users: number;
  /** Steps taken before. */
  readonly step: number;
  /** By name, [items * width], zeros at first; moved in place. */
  readonly moments: Readonly<Record<string, Float32Array>>;
}

/** What the server does with shared item vectors. */
export interface SharedVectors {
  readonly width: number;
  readonly initial: (numItems: number, random: RandomStream) => Float32Array;
  /** Names of the server's own running arrays. */
  readonly moments: readonly string[];
  /** Moves the vectors in place. */
  readonly step: (shared: Float32Array, options: ServerStep) => void;
}
