import { dirname, join, resolve } from "node:path";
import { readExperiment } from "@atoll/node/experiment";
import type { Planned, Run } from "./pf-msmtrec-runs.ts";
import { plain, type Settings } from "./pf-msmtrec-variants.ts";

/** The experiment of a run, checked as one that is read from a file; it is named after its page and itself. */
export async function planRun(
  { name, example, settings }: Run,
  { examples, page }: { readonly examples: string; readonly page: string },
): Promise<Planned> {
  const path = resolve(join(examples, `${example}.yaml`));
  const base = await readExperiment(path);
  const changed: Settings = { name: `${page}-${name}`, ...settings(base) };
  const overrides = Object.entries(changed).map(([key, value]) => ({
    path: key.split("."),
    value: plain(value),
    text: `${name}: ${key}`,
  }));
  return { experiment: await readExperiment(path, overrides), directory: dirname(path) };
}
