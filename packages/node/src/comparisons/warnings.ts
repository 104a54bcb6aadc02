import type { ComparedRun, Comparison } from "./schema.ts";

type Warning = Comparison["warnings"][number];

/** Fewer seeds hardly cover the chance of training. */
const ENOUGH_SEEDS = 3;

/** What a reader should know before deciding. */
export function warningsOf(
  settings: Comparison["settings"],
  runs: readonly ComparedRun[],
): Warning[] {
  return [...ofRuns(runs), ...ofAll(settings, runs)];
}

function ofRuns(runs: readonly ComparedRun[]): Warning[] {
  const warnings: Warning[] = [];
  const warn = (
    kind: Warning["kind"],
    about: readonly ComparedRun[],
    text: (names: string) => string,
  ) => {
    const names = about.map(({ name }) => name);
    if (names.length > 0) warnings.push({ kind, runs: names, text: text(names.join(", ")) });
  };
  const without = (kind: string) =>
    runs.filter(({ methods }) => Object.values(methods).every((own) => own.kind !== kind));
  warn(
    "no-local",
    without("local"),
    (names) =>
      `No local-only training in ${names}: nothing says what clients have without a federation. Add it: --add FOLDER --methods local`,
  );
  warn(
    "no-popularity",
    without("popularity"),
    (names) =>
      `No popularity in ${names}: a count of clicks may do as well. Add it: --add FOLDER --methods popularity`,
  );
  warn(
    "few-seeds",
    runs.filter(({ seeds }) => seeds.length < ENOUGH_SEEDS),
    (names) =>
      `Less than three seeds in ${names}: the chance of training is hardly covered. Add some: --add FOLDER --seed N,N`,
  );
  for (const run of runs)
    for (const [method, { seed, message }] of Object.entries(run.failed))
      warn(
        "failed-methods",
        [run],
        (name) => `${name} goes without ${method}, which failed with seed ${seed}: ${message}`,
      );
  return warnings;
}

function ofAll(settings: Comparison["settings"], runs: readonly ComparedRun[]): Warning[] {
  const warnings: Warning[] = [];
  const varied = settings.filter(({ of }) => of === "method").map(({ name }) => name);
  if (varied.length > 0)
    warnings.push({
      kind: "chosen-on-test",
      text: `${varied.join(", ")}: variants are measured on test rows, so the best of them looks better than it is. Choose settings with atoll tune, which reads validation rows alone.`,
    });
  if (runs.some(({ settings: own }) => Object.keys(own).length > 0) && runs.length > 1)
    warnings.push({
      kind: "same-rows",
      text: "Runs that differ in settings alone share clients and rows: tests over all places take them for different ones, so their p-values are too small.",
    });
  if (new Set(runs.map(({ metric }) => metric)).size > 1)
    warnings.push({
      kind: "metrics-differ",
      text: `Runs are measured by ${[...new Set(runs.map(({ metric }) => metric))].join(" and ")}: ranks and gains in percent compare, values do not.`,
    });
  return warnings;
}
