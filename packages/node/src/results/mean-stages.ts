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
    };
  });
}
