/** An optimiser's memory as plain data: it can be saved, and training goes on from it unchanged. */
export interface OptimiserState {
  /** Steps taken. */
  step: number;
  /** Running quantities by name; which ones, and their lengths, the optimiser decides in `init`. */
  readonly moments: Readonly<Record<string, Float32Array>>;
}

/**
 * A rule that moves a flat vector against its gradient. Settings are bound, and the arena in which
 * parameters, gradients and the rule's own memory lie.
 */
export interface Optimiser {
  /** The memory before the first step, for a vector of `size` entries. */
  readonly init: (size: number) => OptimiserState;
  /**
   * One step: changes `parameters` and `state` in place, reads `gradient`, allocates nothing. All
   * vectors have shape [size].
   */
  readonly step: (parameters: Float32Array, gradient: Float32Array, state: OptimiserState) => void;
}

/** What every optimiser is made from; a config of any kind fits. */
export interface OptimiserSettings {
  readonly learningRate: number;
  readonly weightDecay: number;
}

/** The named moment of a state, checked to have as many entries as the rule needs. */
export function momentOf(state: OptimiserState, name: string, length: number): Float32Array {
  const moment = state.moments[name];
  if (moment?.length !== length)
    throw new RangeError(
      `optimiser state: moment "${name}" should have ${length} entries, has ${moment?.length ?? "none"}; ` +
        "was the state saved by another optimiser or for another model?",
    );
  return moment;
}

/** Guard of every step, outside of its loop. */
export function checkLengths(parameters: Float32Array, gradient: Float32Array): void {
  if (parameters.length !== gradient.length)
    throw new RangeError(
      `optimiser step: ${parameters.length} parameters, but ${gradient.length} gradient entries`,
    );
}
