import type { AugmentationStage, StageTally } from "../../../augmentation/index.ts";

/** Vectors of users by encoder: those of the domains, then the merged one's. */
export interface UserRepresentations {
  /** [users, domains + 1, width]; a vector of zeros stands where an encoder has nothing to say of a user. */
  readonly values: Float32Array;
  readonly users: number;
  readonly width: number;
}

/** Who could not pay for another round. */
export interface RetiredClients {
  /** Clients that there are. */
  readonly clients: number;
  /** By round, from the first: clients that retired so far. */
  readonly byRound: readonly number[];
  /** Rounds that were planned. */
  readonly rounds: number;
}

/** What augmentation did to training, of one party. Words of users are not among it. */
export interface AugmentationNumbers {
  /** Users whom the means are over. */
  readonly users: number;
  /** Of these, with a liked item. */
  readonly augmented?: number | undefined;
  /** Mean training events of a user, over all domains, without and with the liked items. */
  readonly meanLengthBefore: number;
  readonly meanLengthAfter: number;
  /** Distinct pairs of a user and an item in training, over all that there could be; without and with the liked items. */
  readonly density?: { readonly before: number; readonly after: number } | undefined;
  /** What became of prompts, where a language model was asked. */
  readonly answers?: Readonly<Record<AugmentationStage, StageTally>> | undefined;
  /** Some items, and the words that were found for them; both are public. */
  readonly descriptions?: readonly { readonly item: string; readonly words: string }[] | undefined;
  /** Mean IDRA term of a user's loss in the last round or pass, weighted as it is trained; absent without the term. */
  readonly idra?: number | undefined;
}

/** The cosine of two encoders' vectors of a user, over the users that both know. */
export interface EncoderCosine {
  readonly encoders: readonly [string, string];
  /** Users with both vectors. */
  readonly users: number;
  readonly mean: number;
  /** The mean over pairs of different users: what encoders that ignore the user would also have; absent for one user. */
  readonly others?: number | undefined;
}

/** Vectors of some users on the two directions in which unit vectors of all encoders vary most. */
export interface Projection {
  /** Encoder of each point, as a place in the list of encoders. */
  readonly encoder: readonly number[];
  /** User of each point, numbered from 0: up to one point of each encoder has the same. */
  readonly user: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Share of the variance along x, and along y. */
  readonly explained: readonly [number, number];
}

/** What one party found after training. */
export interface DomainDiagnostics {
  /** The domains, then `merged`. */
  readonly encoders: readonly string[];
  readonly cosines: readonly EncoderCosine[];
  /** Users with training events in several domains; absent where users were promised that nobody looks. */
  readonly commonUsers?: number | undefined;
  /** Absent where no two encoders have vectors of one user, or there are fewer than three. */
  readonly projection?: Projection | undefined;
  readonly retired?: RetiredClients | undefined;
  readonly augmentation?: AugmentationNumbers | undefined;
}
