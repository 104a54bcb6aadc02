import type { Page } from "../page.ts";
import { anchorPage, xmarketPage } from "./page.ts";

export const xmarketAnchor: Page = {
  name: "xmarket-anchor",
  runs: [{ name: "electronics", example: "datasets/xmarket-electronics" }],
  files: ({ resultOf }) => ({ "xmarket-anchor.md": anchorPage(resultOf("electronics")) }),
};

export const xmarket: Page = {
  name: "xmarket",
  runs: [{ name: "main", example: "xmarket" }],
  files: ({ resultOf }) => ({ "xmarket.md": xmarketPage(resultOf("main")) }),
};
