import {
  STAGES,
  type AugmentationStage,
  type Refusal,
  type StageTally,
} from "../../../augmentation/index.ts";

/** A share of dropped prompts from which on it weighs. */
export const DROPPED_FROM = 0.1;

const SHAPE =
  "see that the server holds the model to the schema (augmentation.responseFormat json-schema), or lower augmentation.temperature";
const NAMES = "lower augmentation.temperature, or take a larger model";

/** What to do about the reason that most prompts of a stage were dropped for. */
const WAYS_OUT: Readonly<Record<Refusal | "cut off at maxTokens", string>> = {
  "not JSON": SHAPE,
  "wrong shape": SHAPE,
  "no candidate": NAMES,
  "named twice": NAMES,
  "too many": NAMES,
  "wrong number of items": "lower augmentation.itemsPerPrompt",
  "prompt echo": "take a larger model, or prompts of your own (augmentation.prompts)",
  "cut off at maxTokens": "raise augmentation.maxTokens, or lower augmentation.itemsPerPrompt",
};

const ELSE = "look at the server, or take another model";

/**
 * What is wrong with the answers of a language model, by stage, with the way out; none where hardly any were
 * dropped and nothing is missing.
 */
export function answerFindings(
  tallies: Readonly<Record<AugmentationStage, StageTally>>,
): readonly string[] {
  return STAGES.flatMap((stage) => {
    const { answered, dropped, missing } = tallies[stage];
    const reasons = Object.entries(dropped).toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    const refused = reasons.reduce((sum, [, prompts]) => sum + prompts, 0);
    const asked = answered + refused;
    const found: string[] = [];
    if (asked > 0 && refused / asked >= DROPPED_FROM) {
      const [reason] = reasons[0]!;
      found.push(
        `${percent(refused, asked)} of answers to ${stage} were dropped, mostly "${reason}": ${wayOutOf(reason)}`,
      );
    }
    if (missing > 0)
      found.push(
        `${percent(missing, asked + missing)} of prompts of ${stage} were not asked, and training went on without: raise augmentation.budget and ask the rest with atoll augment run`,
      );
    return found;
  });
}

function wayOutOf(reason: string): string {
  return new Map(Object.entries(WAYS_OUT)).get(reason) ?? ELSE;
}

/** Whole, but neither 0% of something nor 100% of less than all. */
function percent(part: number, whole: number): string {
  const share = (100 * part) / whole;
  if (share < 1) return "less than 1%";
  if (part < whole && share > 99) return "more than 99%";
  return `${Math.round(share)}%`;
}
