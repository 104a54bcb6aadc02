import type { TrainingData } from "../../data/index.ts";
import type { SavedState } from "../../federation/stage.ts";
import type { WireArray } from "../../federation/types.ts";
import type { EpochOptions, RefreshOptions, Trainer } from "../../training/index.ts";
import type { MethodSettings } from "../types.ts";
import type { Block } from "./blocks.ts";

export type Arrays = Readonly<Record<string, WireArray>>;

export interface LocalParty {
  readonly trainer: Trainer;
  /** What travels of the dense parameters. */
  readonly blocks: readonly Block[];
  readonly data: TrainingData;
  readonly settings: MethodSettings;
}

/** What a pass does beyond following the loss. */
export type PassOptions = Partial<Pick<EpochOptions, "proximal" | "correction" | "frozen">>;

/** Runs so many passes over the client's rows, and gives their mean loss. */
export type Passes = (count: number, options?: PassOptions) => Promise<number>;

export interface LocalTraining {
  /** Passes of one round, for whoever watches. */
  readonly numPasses: number;
  /** Called once what the server sent was taken over, and before it is validated. */
  readonly received?: (options: RefreshOptions) => Promise<void>;
  /** The round's passes. Gives the mean loss, and arrays that go up beside the shared ones. */
  readonly train: (
    passes: Passes,
    arrays: Arrays,
  ) => Promise<{ readonly loss: number; readonly arrays?: Arrays }>;
  readonly save?: () => SavedState;
  readonly load?: (state: SavedState) => void;
}

/** How a client trains between what it receives and what it answers. */
export interface LocalRule {
  /** Arrays beside the shared ones, by name with what they reveal; they come from the coordinator. */
  readonly down?: (blocks: readonly Block[]) => Readonly<Record<string, string>>;
  readonly up?: (blocks: readonly Block[]) => Readonly<Record<string, string>>;
  /**
   * What its passes follow from beside the experiment's settings, as JSON. Under dp-sgd it has to be given: noise
   * is named by all that a release follows from.
   */
  readonly settings?: unknown;
  /**
   * Whether the client remembers each answer as one that counted, so that no round may close without one of them.
   * Default: no.
   */
  readonly needsEveryAnswer?: boolean;
  readonly start: (party: LocalParty) => LocalTraining;
}

/** As many passes as the experiment says, held near what was received where mu > 0 (FedProx). */
export function plainPasses(proximalMu = 0): LocalRule {
  return {
    settings: { proximalMu },
    start: ({ trainer, blocks, settings: { federation } }) => ({
      numPasses: federation.localEpochs,
      train: async (passes) => {
        const anchor = trainer.parameters.slice();
        const ranges = blocks.flatMap((block) => block.ranges);
        const loss = await passes(federation.localEpochs, {
          proximal: { mu: proximalMu, anchor, ranges },
        });
        return { loss };
      },
    }),
  };
}
