import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { auditResult, auditRun, type AuditResult } from "@atoll/node/audit";
import { z } from "zod";
import type { Measured } from "../plan-run.ts";
import { CANARIES } from "./page.ts";
import { sharedTrainings } from "./plan.ts";
import { aucBySeed, aucOfRun, aucOfTorch } from "./sides.ts";
import { startTorch } from "./torch.ts";

/** What the page tells of a run on real data beyond its result. */
export const measuredSchema = z.strictObject({
  ours: aucBySeed,
  theirs: z
    .strictObject({ version: z.string(), aucs: aucBySeed })
    .optional()
    .describe("absent where there was no PyTorch"),
  audit: auditResult.optional(),
});

/** Attacks the models named, and has PyTorch train the same where ATOLL_BENCH_PYTHON is a Python that has it. */
export async function measureSides(
  { experiment, directory, runDirectory, say }: Measured,
  audited: readonly string[],
): Promise<z.infer<typeof measuredSchema>> {
  const torch = await startTorch(process.env["ATOLL_BENCH_PYTHON"] ?? "python3");
  if (torch === undefined)
    say(
      "privacy: no PyTorch; set ATOLL_BENCH_PYTHON to a Python that has it, or its columns stay empty",
    );
  try {
    return {
      ours: await aucOfRun(runDirectory, {
        experiment,
        methods: sharedTrainings(experiment).map(({ method }) => method),
      }),
      theirs: await aucOfTorch({
        experiment,
        experimentDirectory: directory,
        folder: `${runDirectory}-torch`,
        torch,
        say,
      }),
      ...(audited.length > 0 && { audit: await auditOf(runDirectory, audited, say) }),
    };
  } finally {
    torch?.close();
  }
}

/** The audit of a run's first seed, made once. */
async function auditOf(
  directory: string,
  methods: readonly string[],
  say: (line: string) => void,
): Promise<AuditResult> {
  const path = join(directory, "audit.json");
  if (existsSync(path)) return auditResult.parse(JSON.parse(await readFile(path, "utf8")));
  say(`${directory}: audit of ${methods.join(", ")}`);
  return auditRun(directory, {
    shadows: 0,
    canaries: CANARIES,
    methods,
    seed: 1,
    signal: new AbortController().signal,
    now: () => new Date(),
    onEvent: () => undefined,
  });
}
