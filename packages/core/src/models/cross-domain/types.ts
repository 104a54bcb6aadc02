import type { numpy as np } from "@jax-js/jax";
import type { Arrays, DropoutInputs, DropoutSpec } from "../../nn/index.ts";
import type { ParameterSpec } from "../../tensor/index.ts";

/** Static sizes of a chunk of users that go through one program together. */
export interface ChunkSizes {
  /** C: users of a chunk. */
  readonly users: number;
  /** D */
  readonly domains: number;
  /** L: positions of the merged sequence. */
  readonly length: number;
  /** X: positions of a domain's own sequence. */
  readonly domainLength: number;
  /** T: what is learned from: L next items, then places for augmented positives. */
  readonly targets: number;
  /** R: distinct items of a user's own in a chunk: of the sequences, of targets, of augmentation. */
  readonly own: number;
  /** N: negatives of each domain. */
  readonly negatives: number;
  /** Entries of states and of item vectors. */
  readonly width: number;
  /** Entries of an item's public vector; 0 where items have none. */
  readonly publicWidth: number;
  /** Whether items have a learned vector too. */
  readonly learnedRows: boolean;
  /** P: entries of what is known of a user in a domain beside the sequences; 0 where nothing is. */
  readonly profileWidth: number;
  /** K: numbers that a request knows of a candidate; 0 where it knows none. */
  readonly requestNumbers: number;
  /** Whether augmented sequences are there. */
  readonly augmented: boolean;
}

/** Sequences as a model reads them; places are slots among a user's own items, -1 is padding. */
export interface SequenceArrays {
  /** [C, R, width]: vectors of the user's own items, as the input of encoders. */
  readonly vectors: np.Array;
  /** [C, L]: slots of the merged sequence, padding at the start. */
  readonly merged: np.Array;
  /** [C, D, X]: slots of each domain's sequence, padding at the start. */
  readonly domains: np.Array;
  /** [C, D, X]: with the liked items at the end; only where `augmented`. */
  readonly augmented?: np.Array;
  /** [C, D, X]: the original in another order, the negative of IDRA; only where `augmented`. */
  readonly shuffled?: np.Array;
  /** [C, T]: the position of the merged sequence whose state a target is predicted from; -1: nothing. */
  readonly stateAt: np.Array;
  /** [C, D, T]: the same in each domain's own sequence; -1 where it has nothing yet. */
  readonly domainStateAt: np.Array;
  /** [C, T]: 0 where nothing is learned. */
  readonly weight: np.Array;
  /** [C, D, T]: 1 where the target is of the domain. */
  readonly targetDomain: np.Array;
}

export interface CrossDomainInputs extends SequenceArrays, DropoutInputs {
  readonly parameters: Arrays;
  /** [C, D, P]; only where `profileWidth` is not 0. */
  readonly profile?: np.Array;
  /** Whether gradients of single users are wanted: C is 1, and `transformerBlock` has a form for it. */
  readonly byUnit?: boolean;
  /** [C, D, N, width]: each domain's negatives as encoders read items; training a model that `readsNegatives`. */
  readonly negatives?: np.Array;
  /** [C, D, N]: 1 where there is one; comes with `negatives`. */
  readonly negativePresent?: np.Array;
}

export interface CrossDomainOutputs {
  /** By domain, [C, T, queryWidth]: what the head compares with a candidate's vector. */
  readonly queries: readonly np.Array[];
  /** Queries that learn from the same targets but score nothing: each a term of the loss, by name. */
  readonly further?: Readonly<
    Record<string, { readonly weight: number; readonly queries: readonly np.Array[] }>
  >;
  /** Terms of the loss beside that of the next item, weighted, by name, [C] each. */
  readonly terms: Readonly<Record<string, np.Array>>;
  /** [C, D + 1, width]: of every domain's encoder, then of the merged one, at the last position. */
  readonly representations: np.Array;
}

/** Logits of a domain's candidates. */
export interface CandidateHead {
  readonly kind: "product" | "mlp";
  /** Entries of a query. */
  readonly queryWidth: (sizes: Pick<ChunkSizes, "width" | "profileWidth">) => number;
  readonly parameters: (sizes: ChunkSizes) => readonly ParameterSpec[];
  /** Every query with every vector: [C, T, queryWidth] and [C, M, width] to [C, T, M]. */
  readonly all: (
    parameters: Arrays,
    domain: number,
    queries: np.Array,
    vectors: np.Array,
  ) => np.Array;
  /** Each query with its own vector: [C, T, queryWidth] and [C, T, width] to [C, T]. */
  readonly each: (
    parameters: Arrays,
    domain: number,
    queries: np.Array,
    vectors: np.Array,
  ) => np.Array;
}

/** A model of users with sequences in several domains. Pure; works for C = 1 as for any other. */
export interface CrossDomainModel {
  readonly kind: string;
  readonly head: CandidateHead;
  /** Whether training reads negatives as if they had been in a sequence. */
  readonly readsNegatives?: true;
  /** Whether a user's terms depend on the others of the chunk: no gradient is then one user's to clip. */
  readonly crossUser?: true;
  /**
   * Whether a user's loss is the same in any program whose sequences hold all of the user's events: places
   * count from the end, and padding counts for nothing. Parameters are those of the longest program.
   */
  readonly fitsLength?: true;
  /** Without those of the head. */
  readonly parameters: (sizes: ChunkSizes) => readonly ParameterSpec[];
  /** Masks are [C, size]. */
  readonly masks: (sizes: ChunkSizes) => readonly DropoutSpec[];
  readonly forward: (inputs: CrossDomainInputs, sizes: ChunkSizes) => CrossDomainOutputs;
}

/**
 * The loss of a target with logit z against its domain's negatives z_k.
 *
 *   sampled-softmax   log(exp(z) + sum_k exp(z_k)) - z
 *   bce               log(1 + exp(-z)) + mean_k log(1 + exp(z_k))
 */
export type CrossDomainLoss = "sampled-softmax" | "bce";
