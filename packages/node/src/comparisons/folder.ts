import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AtollError } from "@atoll/core/errors";
import { loadExtensions } from "../extensions/index.ts";
import { makeFolder, readIfThere, writeAtomically } from "../runs/index.ts";
import type { ComparisonPlan } from "./plan.ts";

const PLAN = "comparison-plan.json";

/** A comparison on disk; its runs are ordinary run folders. Every file is written atomically. */
export interface ComparisonFolder {
  readonly path: string;
  readonly writePlan: (plan: ComparisonPlan) => Promise<void>;
  readonly writeJson: (name: string, value: unknown) => Promise<void>;
  /** Where a run lies. */
  readonly run: (folder: string) => string;
}

function comparisonFolder(path: string): ComparisonFolder {
  const writeJson = (name: string, value: unknown) =>
    writeAtomically(join(path, name), `${JSON.stringify(value, null, 2)}\n`);
  return {
    path,
    writePlan: (plan) => writeJson(PLAN, plan),
    writeJson,
    run: (folder) => join(path, "runs", folder),
  };
}

/** Makes the folder of a new comparison; one that already holds files is refused. */
export async function newComparisonFolder(path: string): Promise<ComparisonFolder> {
  await makeFolder(
    path,
    `continue the comparison in it with --resume ${path}, or add to it with --add ${path}`,
  );
  return comparisonFolder(path);
}

/** Opens the folder of an earlier comparison. */
export async function oldComparisonFolder(
  path: string,
): Promise<{ readonly folder: ComparisonFolder; readonly plan: ComparisonPlan }> {
  const text = await readIfThere(readFile(join(path, PLAN), "utf8"));
  if (text === undefined)
    throw new AtollError(
      "RUN_FOLDER_MISSING",
      `${path} holds no ${PLAN}; give the folder of an earlier comparison`,
    );
  const plan = JSON.parse(text) as ComparisonPlan;
  // Methods that a plan names may be those of modules; each run checks that they are as it began.
  for (const { written, directory } of plan.sources)
    await loadExtensions((written["extensions"] as readonly string[] | undefined) ?? [], directory);
  return { folder: comparisonFolder(path), plan };
}
