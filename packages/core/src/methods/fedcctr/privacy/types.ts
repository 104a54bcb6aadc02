/** What protects the updates of users, in the party that simulates them. */
export interface UserProtection {
  /** Norm that each client's update is clipped to; undefined: as it is. */
  readonly bound: number | undefined;
  /**
   * Those of the clients drawn for a round that may still send. Each is charged before: one that cannot pay
   * retires for good. Without budgets of their own: all. `model` is what the round starts from: a round that
   * is made again from the same numbers costs nothing.
   */
  readonly admit: (
    clients: Int32Array,
    options: { readonly round: number; readonly model: Float32Array },
  ) => Promise<Int32Array>;
  /**
   * Adds to a sum of so many clients' clipped updates what these clients themselves add: the sum of their
   * noises, drawn at once, which has the distribution of a sum of single ones. Clients are all that were
   * admitted, also those that had nothing to learn from: they send noise like any other.
   */
  readonly release: (
    sum: Float64Array,
    options: { readonly round: number; readonly clients: number },
  ) => Promise<void>;
  /** For whoever watches: clients that retired so far. */
  readonly retired: () => number;
  readonly save: () => Readonly<Record<string, unknown>>;
  readonly load: (saved: Readonly<Record<string, unknown>>) => void;
}

/** What the server does to the sum of all clients before it moves the model. */
export interface SumProtection {
  /**
   * Adds the server's noise, after charging it; a refusal ends the training. A sum of too few clients to have
   * noise enough becomes zero, as nothing of it may be used.
   */
  readonly publish: (
    sum: Float64Array,
    options: { readonly round: number; readonly clients: number },
  ) => Promise<{ readonly kind: "published" } | { readonly kind: "refused"; readonly why: string }>;
}
