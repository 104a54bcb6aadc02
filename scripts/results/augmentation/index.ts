import type { Page } from "../page.ts";
import { stageCosts, stageCostsSchema } from "./cost.ts";
import { augmentationPage } from "./page.ts";
import { AUGMENTATION_RUNS } from "./runs.ts";

/** Each run is a table of the page, which is there with the first of them. */
export const augmentation: Page = {
  name: "augmentation",
  runs: AUGMENTATION_RUNS.map((run) => ({ ...run, measure: stageCosts })),
  needed: [AUGMENTATION_RUNS[0]!.name],
  files: ({ names, resultOf, measuredOf, machine, date }) => {
    const finished = AUGMENTATION_RUNS.filter(({ name }) => names.has(name));
    return {
      "augmentation.md": augmentationPage({
        runs: finished.map((run) => ({ ...run, result: resultOf(run.name) })),
        costs: finished.map(({ name, title }) => ({
          title,
          stages: stageCostsSchema.parse(measuredOf(name)),
        })),
        machine,
        date,
      }),
    };
  },
};
