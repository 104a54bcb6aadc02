import type { AugmentationStage } from "@atoll/core/augmentation";
import type { Spent } from "../language-models/index.ts";

/** What a server that is not this machine is told, and of how many. */
export interface Leaving {
  readonly host: string;
  /** Stage by stage, in plain words. */
  readonly fields: readonly {
    readonly stage: AugmentationStage;
    readonly fields: readonly string[];
  }[];
  /** Users of whom prompts tell. */
  readonly users: number;
  /** Items of which prompts tell by themselves. */
  readonly items: number;
  /** Calls that are left to make. */
  readonly calls: number;
  /** Methods with a promise of privacy, which covers nothing of this. */
  readonly promised: readonly string[];
}

/** What came of asking for what was missing. */
export interface Asked {
  readonly model: string;
  readonly methods: readonly string[];
  /** Prompts that this time found an answer, and found none in two tries. */
  readonly answered: number;
  readonly dropped: number;
  /** Prompts that stay without, where settings let a run go on so. */
  readonly missing: number;
  readonly spent: Spent;
}

/** What asking a language model tells whoever watches. */
export type AugmentationEvent =
  /** It is being found out which answers are missing; `done` and `total` are items or users. */
  | {
      readonly kind: "augmentation-planning";
      readonly model: string;
      readonly stage: AugmentationStage;
      readonly done: number;
      readonly total: number;
    }
  /** Prompts are about to leave this machine. */
  | ({ readonly kind: "augmentation-leaves"; readonly model: string } & Leaving)
  | {
      readonly kind: "augmenting";
      readonly model: string;
      readonly methods: readonly string[];
      /** Distinct prompts that are settled, answered or dropped, and all that were to be asked. */
      readonly done: number;
      readonly total: number;
      readonly dropped: number;
      readonly spent: Spent;
    }
  | ({ readonly kind: "augmented" } & Asked);
