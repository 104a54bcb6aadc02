import type { Page } from "../page.ts";
import { fedcctrCharts } from "./charts.ts";
import { fedcctrPage } from "./page.ts";
import { FEDCCTR_RUNS } from "./runs.ts";
import { NEEDED } from "./tables.ts";

export const fedcctr: Page = {
  name: "fedcctr",
  runs: FEDCCTR_RUNS,
  needed: NEEDED,
  files: ({ names, resultOf, machine, date }) => ({
    ...fedcctrCharts(resultOf, names),
    "fedcctr.md": fedcctrPage(resultOf, { finished: names, machine, date }),
  }),
};
