import { limitLists, type EvaluationPart } from "../../data/index.ts";
import { parseMetric } from "../../metrics/index.ts";
import { select, type Selection } from "../../training/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import { validationValue } from "../stages/validation.ts";
import type { MethodSettings } from "../types.ts";
import { scoresOf } from "./scores.ts";
import type { PopulationSettings } from "./settings.ts";
import type { PopulationWorld } from "./world.ts";

/** Which state is scored in the end, and for how many validations none has been better. */
export interface Choice {
  /** Validates the state at hand as that after so many rounds, by domain; remembers the best. */
  readonly consider: (round: number) => Promise<Record<string, number>>;
  readonly stale: () => number;
  /** Whether nothing got better for as long as the settings say. */
  readonly hasFinished: () => boolean;
  /** Goes back to the best state, where there is one, and leaves it to the evaluation. */
  readonly serve: () => void;
  readonly save: () => { readonly best: Float32Array | undefined; readonly metadata: Saved };
  readonly load: (best: Float32Array | undefined, metadata: Saved) => void;
}

type Saved = {
  readonly stale: number;
  readonly value: number | null;
  readonly round: number | null;
};

/** States are compared by the mean over domains of the metric that selects. */
export function choiceOf(
  { memory }: ClientContext,
  settings: MethodSettings,
  config: Pick<PopulationSettings, "loss">,
  { parts, learned, scorer }: Pick<PopulationWorld, "parts" | "learned" | "scorer">,
): Choice {
  const { training, validationLists } = settings;
  const { higherIsBetter } = parseMetric(settings.selectBy).definition;
  const score = scoresOf(scorer, config.loss.kind);
  const limited = parts
    .map((part) => ({ ...part, valid: limitLists(part.valid, validationLists) }))
    .filter(({ valid }) => valid.numRows > 0);
  let selection: Selection<Float32Array> = { best: undefined, stale: 0 };

  const valueOf = ({ client, numUsers, valid: rows }: EvaluationPart) =>
    validationValue(
      client,
      { rows, numUsers, score: (examples) => score(examples, client) },
      settings,
    );

  return {
    consider: async (round) => {
      const values: Record<string, number> = {};
      for (const part of limited) values[part.client] = await valueOf(part);
      if (training.select === "last" || limited.length === 0) return values;
      const sum = Object.values(values).reduce((total, value) => total + value, 0);
      const candidate = { value: sum / limited.length, round, higherIsBetter };
      selection = select(selection, candidate, () => learned.values.slice());
      return values;
    },
    stale: () => selection.stale,
    hasFinished: () => training.select === "best" && selection.stale >= training.patience,
    serve: () => {
      if (selection.best !== undefined) learned.values.set(selection.best.snapshot);
      memory.data = { parts };
      memory.scorer = { score };
    },
    save: () => ({
      best: selection.best?.snapshot,
      metadata: {
        stale: selection.stale,
        value: selection.best?.value ?? null,
        round: selection.best?.round ?? null,
      },
    }),
    load: (snapshot, { stale, value, round }) => {
      selection = {
        stale,
        best:
          snapshot === undefined || value === null || round === null
            ? undefined
            : { snapshot, value, round },
      };
    },
  };
}
