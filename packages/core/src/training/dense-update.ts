import type { Arena } from "../kernels/index.ts";
import { makeOptimiser, type OptimiserConfig, type OptimiserState } from "../optim/index.ts";
import type { Learned } from "./learned.ts";
import { complement, union, type VectorRange } from "./ranges.ts";

/**
 * What moves the dense parameters in every step of a pass beside the gradient g of the loss.
 *
 *   g <- g + mu (w - anchor) + correction,   then the optimiser moves all that is not frozen
 */
export interface PassTerms {
  /**
   * Pulls entries of `ranges`, by default all, towards an anchor [layout.size]; mu 0 pulls nothing
   * (Li et al. 2020, FedProx).
   */
  readonly proximal?: {
    readonly mu: number;
    readonly anchor: Float32Array;
    readonly ranges?: readonly VectorRange[];
  };
  /** [layout.size]; c - c_k of SCAFFOLD (Karimireddy et al. 2020). */
  readonly correction?: Float32Array;
  /**
   * Entries of the dense vector that rest, bit for bit, with the optimiser's memory of them; with
   * `tables` all embedding tables and their memories as well. Running statistics follow all the same.
   * The optimiser counts its steps once for all entries, as lazy Adam does for rows.
   */
  readonly frozen?: { readonly ranges: readonly VectorRange[]; readonly tables: boolean };
}

/** The last part of a training step: from the gradient of the dense parameters to their new values. */
export interface DenseUpdate {
  readonly memory: OptimiserState;
  /** Whether the tables rest as well. */
  readonly tablesRest: () => boolean;
  /** The terms of all steps that follow, copied; without a call, and with `{}`, there are none. */
  readonly follow: (terms: PassTerms) => void;
  /** One step by the gradient, to which it adds the terms in place. */
  readonly step: () => void;
}

/** A stretch of the parameters that the optimiser moves, with its gradient and its memory, all views. */
interface Piece {
  readonly parameters: Float32Array;
  readonly gradient: Float32Array;
  readonly memory: OptimiserState;
}

export function createDenseUpdate(
  { arena, layout: { size }, parameters }: Learned,
  gradient: Float32Array,
  config: OptimiserConfig,
): DenseUpdate {
  const { address, kernels } = arena;
  const optimiser = makeOptimiser(config, arena);
  const memory = optimiser.init(size);
  const anchor = keptArray(arena, size, "an anchor");
  const correction = keptArray(arena, size, "a correction");
  const whole: readonly Piece[] = [{ parameters, gradient, memory }];

  const pieceOf = ({ offset, length }: VectorRange): Piece => {
    const part = (vector: Float32Array) => vector.subarray(offset, offset + length);
    const moments = Object.entries(memory.moments).map(([name, moment]) => [name, part(moment)]);
    return {
      parameters: part(parameters),
      gradient: part(gradient),
      memory: { step: 0, moments: Object.fromEntries(moments) },
    };
  };

  const nothing = { mu: 0, anchor: parameters, ranges: [] as readonly VectorRange[] };
  let pull = nothing;
  let push: Float32Array | undefined;
  let moving = whole;
  let tablesRest = false;

  return {
    memory,
    tablesRest: () => tablesRest,
    follow: ({ proximal, correction: given, frozen }) => {
      pull =
        proximal !== undefined && proximal.mu > 0
          ? {
              mu: proximal.mu,
              anchor: anchor(proximal.anchor),
              ranges: union(proximal.ranges ?? [{ offset: 0, length: size }], size),
            }
          : nothing;
      push = given === undefined ? undefined : correction(given);
      moving = frozen === undefined ? whole : complement(frozen.ranges, size).map(pieceOf);
      tablesRest = frozen?.tables ?? false;
    },
    step: () => {
      for (const { offset, length } of pull.ranges) {
        const at = 4 * offset;
        kernels.addProximal(
          address(gradient) + at,
          address(parameters) + at,
          address(pull.anchor) + at,
          length,
          pull.mu,
        );
      }
      if (push !== undefined) kernels.addTo(address(gradient), address(push), size);
      const taken = memory.step;
      for (const piece of moving) {
        piece.memory.step = taken;
        optimiser.step(piece.parameters, piece.gradient, piece.memory);
        memory.step = piece.memory.step;
      }
    },
  };
}

/** Copies vectors to one place in the arena, which is made when the first one comes. */
function keptArray(
  arena: Arena,
  size: number,
  what: string,
): (values: Float32Array) => Float32Array {
  let kept: Float32Array | undefined;
  return (values) => {
    if (values.length !== size)
      throw new RangeError(`${what} of ${values.length} entries for ${size} dense parameters`);
    kept ??= arena.float32(size);
    kept.set(values);
    return kept;
  };
}
