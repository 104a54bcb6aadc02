import type { StageTraffic } from "@atoll/core/federation";
import { mean } from "@atoll/core/stats";

/** Means over seeds, stage by stage; undefined where some seed's cell does not say. */
export function meanStages(
  perSeed: readonly (readonly StageTraffic[] | undefined)[],
): StageTraffic[] | undefined {
  const known = perSeed.flatMap((stages) => (stages === undefined ? [] : [stages]));
  if (known.length < perSeed.length) return undefined;
  const names = [...new Set(known.flatMap((stages) => stages.map(({ stage }) => stage)))];
  return names.map((stage) => {
    const lines = known.flatMap((stages) => stages.find((line) => line.stage === stage) ?? []);
    const over = (value: (line: StageTraffic) => number) => mean(lines.map(value));
    return {
      stage,
      rounds: over((line) => line.rounds),
      answers: over((line) => line.answers),
      bytesUp: over((line) => line.bytesUp),
      bytesDown: over((line) => line.bytesDown),
      largestUp: over((line) => line.largestUp),
      largestDown: over((line) => line.largestDown),
      ...meanArrays(lines),
    };
  });
}

/** An array that some seed's rounds did not need counts as nothing there. */
function meanArrays(lines: readonly StageTraffic[]): Pick<StageTraffic, "arrays"> {
  const perSeed = lines.flatMap(({ arrays }) => (arrays === undefined ? [] : [arrays]));
  if (perSeed.length < lines.length) return {};
  const names = [...new Set(perSeed.flatMap((arrays) => Object.keys(arrays)))].sort();
  return {
    arrays: Object.fromEntries(
      names.map((name) => [
        name,
        {
          up: mean(perSeed.map((arrays) => arrays[name]?.up ?? 0)),
          down: mean(perSeed.map((arrays) => arrays[name]?.down ?? 0)),
        },
      ]),
    ),
  };
}
