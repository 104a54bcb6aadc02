import type { AugmentationStage } from "@atoll/core/augmentation";

/**
 * What happens while a language model is asked, for whoever watches on this machine. Holds nothing of prompts,
 * answers or the key; `problem` may quote a line of the server.
 */
export type AskEvent =
  | {
      readonly kind: "answered";
      readonly stage: AugmentationStage;
    }
  /** An answer was not accepted; `dropped`: for the second time. */
  | {
      readonly kind: "rejected";
      readonly stage: AugmentationStage;
      readonly reason: string;
      readonly dropped: boolean;
    }
  /** A call failed and is made again after `waitMs`. */
  | {
      readonly kind: "retry";
      readonly stage: AugmentationStage;
      readonly problem: string;
      readonly waitMs: number;
    }
  /** A call failed for the last time: the prompt stays without an answer, and the next run asks it. */
  | {
      readonly kind: "failed";
      readonly stage: AugmentationStage;
      readonly problem: string;
    };
