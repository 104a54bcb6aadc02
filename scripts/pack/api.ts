import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiReportOf } from "./api-report.ts";
import { linkModules } from "./link-modules.ts";
import { LIBRARIES, root } from "./packages.ts";
import { stagePackages } from "./stage.ts";

/*
 * npm run api: writes etc/<package>.api.md, what each package lets others import.
 * npm run api -- --check: fails where a report differs from the sources, or has warnings.
 */
const reports = join(root, "etc");

/** What is wrong with the reports; without `write` also where they are not those of the sources. */
export async function renewReports({ write }: { readonly write: boolean }): Promise<string[]> {
  const staged = await mkdtemp(join(tmpdir(), "atoll-api-"));
  try {
    await stagePackages(staged, { check: false });
    await linkModules(staged);
    const problems: string[] = [];
    for (const name of LIBRARIES) {
      const { report, warnings } = await apiReportOf(name, { staged });
      problems.push(...warnings.map((warning) => `${name}: ${warning}`));
      const path = join(reports, `${name}.api.md`);
      if (report === (await readFile(path, "utf8").catch(() => ""))) continue;
      if (write) {
        await mkdir(reports, { recursive: true });
        await writeFile(path, report);
        console.log(`wrote etc/${name}.api.md`);
      } else
        problems.push(
          `etc/${name}.api.md is not what the sources export; write it anew with "npm run api", and look at what changed`,
        );
    }
    return problems;
  } finally {
    await rm(staged, { recursive: true });
  }
}

if (import.meta.main) {
  const problems = await renewReports({ write: !process.argv.includes("--check") });
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
