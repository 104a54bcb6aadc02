import type { Extension } from "@atoll/core/extensions";
import { metrics as library, parseMetric } from "@atoll/core/metrics";
import { findLoaded } from "../extensions/index.ts";
import type { Experiment } from "./schema.ts";
import { shown, type Path, type PathIssue } from "./zod-issues.ts";

/** What the modules that an experiment names have added, and what is wrong with naming them. */
export function namedExtensions(
  named: readonly string[],
  directory: string | undefined,
): { readonly extensions: readonly Extension[]; readonly issues: readonly PathIssue[] } {
  const found = named.map((module) =>
    directory === undefined ? undefined : findLoaded(module, directory),
  );
  const why =
    directory === undefined
      ? "what comes from elsewhere is data, never code; remove it, and what it adds"
      : "this process has not loaded it from there";
  return {
    extensions: found.flatMap((module) => module?.extensions ?? []),
    issues: found.flatMap((module, i) =>
      module === undefined
        ? [{ path: ["extensions", i], message: `${shown(named[i])} is not loaded: ${why}` }]
        : [],
    ),
  };
}

/** Metrics that another experiment's extension added to this process are not this one's. */
export function checkNames(
  { evaluation, training, methods }: Experiment,
  extensions: readonly Extension[],
): PathIssue[] {
  const named: (readonly [string | undefined, Path])[] = [
    ...(evaluation.metrics ?? []).map((name, i) => [name, ["evaluation", "metrics", i]] as const),
    [training.selectBy, ["training", "selectBy"]],
    ...methods.map((entry, i) => {
      const own = (entry as { readonly training?: { readonly selectBy?: string } }).training;
      return [own?.selectBy, ["methods", i, "training", "selectBy"]] as const;
    }),
  ];
  return named.flatMap(([name, path]) => {
    const base = name === undefined ? undefined : baseOf(name);
    if (base === undefined || Object.hasOwn(library, base)) return [];
    if (extensions.some(({ metrics }) => Object.hasOwn(metrics, base))) return [];
    return [
      { path, message: `${shown(name)} is of an extension that the experiment does not name` },
    ];
  });
}

/** The metric that a name means; undefined where there is none, which other checks say. */
function baseOf(name: string): string | undefined {
  try {
    return parseMetric(name).base;
  } catch {
    return undefined;
  }
}
