import type { Observation } from "../../federation/index.ts";
import type { SavedState } from "../../federation/stage.ts";

/** What a coordinator saw in one round of the training stage. */
export interface Observed extends Observation {
  readonly round: number;
}

/** What the training stage left of its rounds, by `runStages`' results; none where no coordinator looked. */
export function observedIn(results: ReadonlyMap<string, SavedState>): readonly Observed[] {
  return (results.get("train")?.metadata["observations"] ?? []) as readonly Observed[];
}
