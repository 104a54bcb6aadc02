import { executeRuns, type ExecuteOptions } from "./execute-runs.ts";
import { finishedOf, type Finished, type Page } from "./page.ts";

/** Runs what is wanted of a page, and gives it all that is finished: of its own runs, and of those of others that it reads. */
export async function gather(
  page: Page,
  optionsOf: (page: Page) => ExecuteOptions,
): Promise<Finished> {
  const records = new Map(await executeRuns(page.runs, optionsOf(page)));
  for (const { page: other, run } of page.borrows ?? []) {
    const options = { ...optionsOf(other), wanted: () => false };
    const own = other.runs.filter(({ name }) => name === run);
    for (const [name, record] of await executeRuns(own, options))
      records.set(`${other.name}/${name}`, record);
  }
  return finishedOf(page.name, records);
}
