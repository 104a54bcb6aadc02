import { parseMetric } from "@atoll/core/metrics";
import type { Result } from "../results/index.ts";
import { baselineOf } from "./baseline.ts";
import { effectsOf } from "./effects.ts";
import { overallOf } from "./overall.ts";
import type { ComparisonPlan, PlannedRun } from "./plan.ts";
import { comparisonSchema, type ComparedRun, type Comparison } from "./schema.ts";
import { isOfMethods } from "./variants.ts";
import { warningsOf } from "./warnings.ts";

/** What the runs of a plan say together; results[i] is of plan.runs[i]. */
export function comparisonOf(plan: ComparisonPlan, results: readonly Result[]): Comparison {
  const runs = plan.runs.map((run, i) => comparedRun(run, results[i]!));
  const settings = plan.settings.map(({ name, values }) => ({
    name,
    of: isOfMethods(name) ? ("method" as const) : ("run" as const),
    values: [...values],
  }));
  return comparisonSchema.parse({
    schema: "atoll/comparison/v1",
    settings,
    runs,
    overall: overallOf(runs),
    effects: settings.map((setting) => effectsOf(setting, runs)),
    warnings: warningsOf(settings, runs),
  });
}

function comparedRun(run: PlannedRun, result: Result): ComparedRun {
  const methods = Object.entries(result.methods);
  const origins = Object.fromEntries(
    methods.map(([name, { kind }]) => {
      // The best possible model of a made-up world was added by the run.
      const { base, settings } = run.methods[name] ?? { base: name, settings: {} };
      return [name, { kind, base, settings }];
    }),
  );
  return {
    name: run.name,
    experiment: run.source,
    folder: `runs/${run.folder}`,
    settings: run.settings,
    metric: result.metric,
    higherIsBetter: parseMetric(result.metric).definition.higherIsBetter,
    seeds: result.seeds,
    clients: Object.keys(result.clients),
    methods: Object.fromEntries(
      methods.map(([name, own]) => {
        const { role, clients, macro, worst, bytes, seconds, rounds, privacy } = own;
        const costs = { bytes, seconds, rounds };
        const measured = { role, clients, macro, ...costs, ...(worst && { worst }) };
        const against = baselineOf(name, origins);
        return [
          name,
          {
            ...origins[name]!,
            ...measured,
            ...(privacy && { privacy }),
            ...(against !== undefined && { against }),
          },
        ];
      }),
    ),
    ...(result.macroClients && { macroClients: result.macroClients }),
    comparisons: result.comparisons,
    pairs: result.pairs ?? [],
    failed: run.failed,
  };
}
