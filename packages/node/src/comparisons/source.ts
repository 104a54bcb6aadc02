import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import {
  ExperimentError,
  openYaml,
  readExperiment,
  type ExperimentIssue,
  type Override,
} from "../experiment/index.ts";
import type { Source } from "./expand.ts";
import type { Written } from "./written.ts";

/** Reads experiment files with settings filled in; what is wrong with all of them is thrown at once. */
export async function readSources(
  paths: readonly string[],
  overrides: readonly Override[],
): Promise<Source[]> {
  const issues: ExperimentIssue[] = [];
  const sources: Source[] = [];
  for (const path of paths)
    try {
      await readExperiment(path, overrides);
      const { document } = openYaml(await readFile(path, "utf8"), basename(path));
      for (const { path: keys, value } of overrides)
        document.setIn(keys, document.createNode(value));
      sources.push({
        file: basename(path),
        directory: dirname(resolve(path)),
        written: document.toJS() as Written,
      });
    } catch (error) {
      if (!(error instanceof ExperimentError)) throw error;
      issues.push(...error.issues);
    }
  if (issues.length > 0) throw new ExperimentError(issues);
  return sources;
}
