import { STAGES, type StageTally } from "@atoll/core/augmentation";
import type { AugmentationNumbers } from "@atoll/core/methods";
import { mean } from "@atoll/core/stats";
import type { AugmentationResult } from "./augmentation-schema.ts";
import type { Twin } from "./domain-twin.ts";

/** Means over seeds; descriptions are the first seed's. Undefined where nobody was augmented. */
export function meanAugmentation(
  seeds: readonly AugmentationNumbers[],
): AugmentationNumbers | undefined {
  const [first] = seeds;
  if (first === undefined) return undefined;
  const over = (of: (numbers: AugmentationNumbers) => number) => mean(seeds.map(of));
  const known = <T>(of: (numbers: AugmentationNumbers) => T | undefined) =>
    seeds.flatMap((numbers) => of(numbers) ?? []) as T[];
  const augmented = known(({ augmented: some }) => some);
  const densities = known(({ density }) => density);
  const answers = known(({ answers: tallies }) => tallies);
  const idra = known((numbers) => numbers.idra);
  return {
    users: over(({ users }) => users),
    ...(augmented.length > 0 && { augmented: mean(augmented) }),
    meanLengthBefore: over(({ meanLengthBefore }) => meanLengthBefore),
    meanLengthAfter: over(({ meanLengthAfter }) => meanLengthAfter),
    ...(densities.length > 0 && {
      density: {
        before: mean(densities.map(({ before }) => before)),
        after: mean(densities.map(({ after }) => after)),
      },
    }),
    ...(answers.length > 0 && {
      answers: {
        items: meanTally(answers.map(({ items }) => items)),
        profiles: meanTally(answers.map(({ profiles }) => profiles)),
        sequences: meanTally(answers.map(({ sequences }) => sequences)),
      },
    }),
    ...(first.descriptions && { descriptions: first.descriptions }),
    ...(idra.length > 0 && { idra: mean(idra) }),
  };
}

/** A reason that a seed does not have counts 0 there. */
function meanTally(seeds: readonly StageTally[]): StageTally {
  const reasons = [...new Set(seeds.flatMap(({ dropped }) => Object.keys(dropped)))].toSorted();
  return {
    answered: mean(seeds.map(({ answered }) => answered)),
    dropped: Object.fromEntries(
      reasons.map((reason) => [reason, mean(seeds.map(({ dropped }) => dropped[reason] ?? 0))]),
    ),
    missing: mean(seeds.map(({ missing }) => missing)),
  };
}

/** What the result says of it; a stage without a prompt is left out. */
export function augmentationResultOf(
  { answers, descriptions, density, ...numbers }: AugmentationNumbers,
  twin: Twin | undefined,
): AugmentationResult {
  return {
    ...numbers,
    ...(density && { density: { ...density } }),
    ...(answers && {
      answers: Object.fromEntries(
        STAGES.flatMap((stage) => {
          const told = answersOf(answers[stage]);
          return told === undefined ? [] : [[stage, told] as const];
        }),
      ),
    }),
    ...(descriptions && { descriptions: descriptions.map((described) => ({ ...described })) }),
    ...(twin && {
      validation: {
        against: twin.against,
        metric: twin.metric,
        with: twin.with,
        without: twin.without,
      },
    }),
  };
}

function answersOf({ answered, dropped, missing }: StageTally) {
  const refused = Object.values(dropped).reduce((sum, prompts) => sum + prompts, 0);
  const asked = answered + refused;
  if (asked + missing === 0) return undefined;
  return {
    answered,
    dropped: { ...dropped },
    missing,
    ...(asked > 0 && { acceptance: answered / asked }),
  };
}
