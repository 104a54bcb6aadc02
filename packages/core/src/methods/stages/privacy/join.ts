import type { GlobalState, StrategyUpdate } from "../../../federation/index.ts";
import type { SavedState } from "../../../federation/stage.ts";
import type { Refused } from "./account.ts";

/** Answers of a round, as the server joins them to one state. */
export interface Answers {
  readonly round: number;
  /** What the round began with. */
  readonly global: GlobalState;
  /** In the order of client names. */
  readonly updates: readonly StrategyUpdate[];
}

/** What the strategy is to make the next state of. */
export interface Joined {
  readonly kind: "updates";
  readonly updates: readonly StrategyUpdate[];
}

/** How the server makes of answers what may be published. */
export interface ServerJoin {
  readonly join: (answers: Answers) => Promise<Joined | Refused>;
  readonly save?: () => SavedState["metadata"];
  readonly load?: (saved: SavedState["metadata"]) => void;
}

/** Under which name a strategy is given what stands for a whole round. */
export const ROUND = "round";

/** The state that a round ends in, were it one client's answer. */
export function asOne(arrays: StrategyUpdate["arrays"]): Joined {
  return { kind: "updates", updates: [{ client: ROUND, numExamples: 1, arrays }] };
}

/** Nothing is released: the state stays as it is. */
export const nothing: Joined = { kind: "updates", updates: [] };

/** Answers that protect themselves, or promise nothing. */
export const asTheyCame: ServerJoin = {
  join: async ({ updates }) => ({ kind: "updates", updates }),
};
