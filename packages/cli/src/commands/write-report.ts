import { join } from "node:path";
import type { Result } from "@atoll/node/results";
import { readRun, writeAtomically } from "@atoll/node/runs";
import { renderReport } from "../report/index.ts";

/** Writes the report of a finished run beside its files; returns its path. */
export async function writeReport(directory: string, result: Result): Promise<string> {
  const { environment, lines, messages, codebooks, domains } = await readRun(directory);
  const report = join(directory, "report.html");
  await writeAtomically(
    report,
    renderReport({
      result,
      lines,
      codebooks,
      domains,
      environment: { ...environment },
      messages: Object.entries(messages).flatMap(([method, own]) =>
        own.map((message) => ({ method, ...message })),
      ),
    }),
  );
  return report;
}
