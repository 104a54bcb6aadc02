import type { Page } from "../page.ts";
import { shelfPage } from "./page.ts";

/** One data set after another on one page. */
const SHELF = [
  "criteo-adkdd21",
  "movielens-1m",
  "movielens-1m-sequences",
  "amazon-food-kitchen",
  "amazon-food-kitchen-rows",
];

export const modelShelf: Page = {
  name: "model-shelf",
  runs: SHELF.map((name) => ({ name, example: `shelf/${name}` })),
  files: ({ resultOf }) => ({ "model-shelf.md": shelfPage(SHELF.map(resultOf)) }),
};
