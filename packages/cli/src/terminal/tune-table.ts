import { stripVTControlCharacters, styleText } from "node:util";
import { parseMetric } from "@atoll/core/metrics";
import type { TuneResult } from "@atoll/node/tune";
import { bestFirst, parameterText, shortNames } from "../report/index.ts";
import { table } from "./table.ts";

/** The best settings, each with its longest trial; where the terminal is too narrow, paths are cut. */
export function tuneTable(
  result: TuneResult,
  { colour, width = Infinity, most = 10 }: { colour: boolean; width?: number; most?: number },
): string {
  const names = Object.keys(result.parameters);
  const { label } = parseMetric(result.objective.metric);
  const failed = result.trials.filter(({ outcome }) => outcome.kind === "failed").length;
  const seen = new Set<number>();
  const measured = bestFirst(result).filter(({ setting, outcome }) => {
    const isNew = outcome.kind === "measured" && !seen.has(setting);
    seen.add(setting);
    return isNew;
  });
  const rows = measured
    .slice(0, most)
    .map(({ setting, rounds, values, outcome }) => [
      `setting ${setting}`,
      outcome.kind === "measured" ? outcome.value.toFixed(4) : "",
      ...(result.seeds.length > 1
        ? [outcome.kind === "measured" ? outcome.sd.toFixed(4) : ""]
        : []),
      String(rounds),
      ...names.map((name) => parameterText(values[name])),
    ]);
  const header = (shown: readonly string[]) =>
    ["", label, ...(result.seeds.length > 1 ? ["sd"] : []), "rounds", ...shown].map((cell) =>
      colour ? styleText("bold", cell) : cell,
    );
  const wide = table([header(names), ...rows]);
  const fits = wide.split("\n").every((line) => stripVTControlCharacters(line).length <= width);
  const lines = [fits ? wide : table([header(shortNames(names)), ...rows])];
  if (measured.length > most)
    lines.push(`and ${measured.length - most} more settings in tune.json`);
  if (failed > 0)
    lines.push(`${failed} trial${failed === 1 ? "" : "s"} failed; tune.json says why`);
  return lines.join("\n");
}
