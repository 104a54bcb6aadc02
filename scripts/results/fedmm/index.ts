import type { Page } from "../page.ts";
import { fedmmPage } from "./page.ts";

export const fedmm: Page = {
  name: "fedmm",
  runs: [
    { name: "main", example: "fedmm-xmarket" },
    { name: "all-rows", example: "fedmm/xmarket-all-rows" },
    { name: "ablations", example: "fedmm/xmarket-ablations" },
    { name: "synthetic", example: "fedmm-synthetic" },
    { name: "titles", example: "fedmm/synthetic-titles" },
  ],
  files: ({ resultOf }) => ({
    "fedmm.md": fedmmPage({
      main: resultOf("main"),
      allRows: resultOf("all-rows"),
      ablations: resultOf("ablations"),
      synthetic: resultOf("synthetic"),
      titles: resultOf("titles"),
    }),
  }),
};
