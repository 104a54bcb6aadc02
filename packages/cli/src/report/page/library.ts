import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** The drawing library as one file, its licence notices in it. No text in it may close the element that holds it. */
export function chartLibrary(): string {
  const path = createRequire(import.meta.url).resolve("echarts/dist/echarts.common.min.js");
  return readFileSync(path, "utf8").replaceAll(/<\/(script)/gi, String.raw`<\/$1`);
}
