import type { AugmentationServices } from "../augmentation/index.ts";
import type {
  EvaluationExamples,
  EvaluationPart,
  SplitClient,
  Vocabularies,
} from "../data/index.ts";
import type { PrivacyServices } from "../privacy/index.ts";
import type { PublishedRecency } from "../request/types.ts";
import type { Executor } from "../tensor/types.ts";
import type { Anchors, CollaborativeVectors, EntityCodes } from "./client-memory.ts";
import type { Cryptography } from "./cryptography.ts";

/** Scores rows of the party's data; left by a training stage for the evaluation stage. */
export interface Scorer {
  /** Probabilities (or finite scores) aligned with `examples`; `part` is the client they belong to. */
  readonly score: (
    examples: EvaluationExamples,
    part: string,
  ) => Promise<Float32Array | Float64Array>;
}

/** Things a client keeps for itself: files of the silo, never messages. */
export interface ClientStore {
  /** One file, in pieces that follow each other. */
  readonly write: (name: string, pieces: readonly Uint8Array[]) => Promise<void>;
  /** Undefined where nothing was written under the name. */
  readonly read: (name: string) => Promise<Uint8Array | undefined>;
}

export interface ClientMemory {
  /** Vocabularies agreed on with the server, by shared feature. */
  vocabularies?: Vocabularies;
  /** The party's held-out rows as the scorer knows them. */
  data?: { readonly parts: readonly EvaluationPart[] };
  scorer?: Scorer;
  anchors?: Anchors;
  collaborative?: CollaborativeVectors;
  codes?: readonly EntityCodes[];
  /** How popular items are before a request, where the clients published it. */
  recency?: PublishedRecency;
}

/** How far a client is with long work; for whoever watches on its own machine, never a message. */
export interface WorkProgress {
  readonly work: "encoding" | "training";
  /** 0 to 1. */
  readonly share: number;
}

/** All that a client half may touch. One party and one (seed, method) cell. */
export interface ClientContext {
  /** The party's name: a market, or `centralised`. */
  readonly name: string;
  readonly seed: number;
  /** The party's split rows: one entry for a market, all markets for the centralised reference. */
  readonly splits: readonly SplitClient[];
  readonly executor: Executor;
  readonly store: ClientStore;
  readonly cryptography: Cryptography;
  /** Where the method has privacy settings: noise, and the account that every release is charged to. */
  readonly privacy?: PrivacyServices;
  /** Where the method asks a language model: answers that were fetched before training, and encoders of text. */
  readonly augmentation?: AugmentationServices;
  /** What the same party kept in an earlier method of the same seed, by that method's name. */
  readonly earlier: (method: string) => Pick<ClientStore, "read">;
  /** What stages of one method hand to later stages on the same client; `load` of a stage restores it. */
  readonly memory: ClientMemory;
  readonly onProgress?: (progress: WorkProgress) => void;
}
