import type { Page } from "../page.ts";
import { pfPage } from "./page.ts";
import { RUNS } from "./runs.ts";

export const pfMsmtrec: Page = {
  name: "pf-msmtrec",
  runs: RUNS,
  files: ({ resultOf }) => ({ "pf-msmtrec.md": pfPage(resultOf) }),
};
