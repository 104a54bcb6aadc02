import { isDeepStrictEqual } from "node:util";
import { againstBaseline } from "./overall.ts";
import type { ComparedRun, Comparison, SettingEffect } from "./schema.ts";

type Grid = Comparison["settings"][number];
type Line = SettingEffect["lines"][number];
type Settings = Line["others"];

/** What a setting does: one line for each method, and for each combination of the other settings. */
export function effectsOf({ name, of, values }: Grid, runs: readonly ComparedRun[]): SettingEffect {
  const lines: Line[] = [];
  for (const run of runs)
    for (const [method, own] of Object.entries(run.methods)) {
      const settings: Settings = { ...run.settings, ...own.settings };
      const value = settings[name];
      const interval = own.macro[run.metric];
      if (value === undefined || interval === undefined) continue;
      const { [name]: _, ...others } = settings;
      const place = of === "method" ? run.name : undefined;
      const isSameLine = (line: Line) =>
        line.base === own.base &&
        line.run === place &&
        isDeepStrictEqual(line.others, others) &&
        // Runs of different experiments are different lines, whatever their settings.
        (of === "method" || experimentOf(runs, line) === run.experiment);
      let line = lines.find(isSameLine);
      if (line === undefined) {
        line = { ...(place !== undefined && { run: place }), base: own.base, others, points: [] };
        lines.push(line);
      }
      const { mean, low, high } = interval;
      const gain = gainOf(run, method);
      line.points.push({ value, run: run.name, method, mean, low, high, ...(gain && { gain }) });
    }
  const order = (value: unknown) => values.findIndex((own) => isDeepStrictEqual(own, value));
  return {
    setting: name,
    metric: runs[0]!.metric,
    lines: lines
      .filter(({ points }) => points.length > 1)
      .map((line) => ({
        ...line,
        points: line.points.toSorted((a, b) => order(a.value) - order(b.value)),
      })),
  };
}

function experimentOf(runs: readonly ComparedRun[], { points }: Line): string | undefined {
  return runs.find(({ name }) => name === points[0]?.run)?.experiment;
}

/** Over local-only training with the same settings. */
function gainOf(run: ComparedRun, method: string): Line["points"][number]["gain"] {
  const own = againstBaseline(method, run).find(({ client }) => client === "macro");
  if (own === undefined) return undefined;
  const { against, difference, low, high, verdict } = own;
  return { against, difference, low, high, verdict };
}
