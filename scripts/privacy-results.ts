import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { auditResult, auditRun, type AuditResult } from "@atoll/node/audit";
import { readExperiment, type Experiment } from "@atoll/node/experiment";
import { writeAtomically } from "@atoll/node/runs";
import { machineText } from "./records.ts";
import { executeRuns } from "./execute-runs.ts";
import { CANARIES, privacyCharts, privacyPage } from "./privacy-page.ts";
import type { Part } from "./privacy-part.ts";
import { planOfUnits, sharedTrainings } from "./privacy-plan.ts";
import { aucOfRun, aucOfTorch, onlyClient } from "./privacy-sides.ts";
import { startTorch, type Torch } from "./privacy-torch.ts";

/** The experiments behind the page, `privacy/<name>` of examples each. */
export const PRIVACY = ["criteo", "movielens", "movielens-users", "trust"] as const;

/** Models that are attacked. */
const AUDITED: Partial<Record<Name, readonly string[]>> = {
  criteo: ["none", "epsilon-10", "epsilon-3", "epsilon-1", "epsilon-0.3"],
  movielens: ["none", "epsilon-10", "epsilon-3", "epsilon-1", "epsilon-0.3"],
};

type Name = (typeof PRIVACY)[number];

export interface PrivacyPageOptions {
  /** Where each run has a folder, PyTorch's answers beside them. */
  readonly folder: string;
  readonly root: string;
  readonly say: (line: string) => void;
}

/** Runs what the folder lacks, attacks, has PyTorch train the same, and writes the page with its pictures. */
export async function makePrivacyPage({ folder, root, say }: PrivacyPageOptions): Promise<void> {
  const examples = join(root, "examples");
  const pathOf = (name: string) => join(examples, "privacy", `${name}.yaml`);
  const results = await executeRuns(
    PRIVACY.map((name) => ({
      name: `privacy-${name}`,
      example: `privacy/${name}`,
      settings: () => ({}),
    })),
    {
      folder,
      examples,
      wanted: () => true,
      say,
      planned: async ({ example }) => {
        const path = join(examples, `${example}.yaml`);
        return { experiment: await readExperiment(path), directory: dirname(path) };
      },
    },
  );
  const missing = PRIVACY.filter((name) => !results.has(`privacy-${name}`));
  if (missing.length > 0) {
    say(`privacy: the page stays as it is; missing: ${missing.join(", ")}`);
    return;
  }
  const torch = await startTorch(process.env["ATOLL_BENCH_PYTHON"] ?? "python3");
  if (torch === undefined)
    say(
      "privacy: no PyTorch; set ATOLL_BENCH_PYTHON to a Python that has it, or its columns stay empty",
    );
  const part = async (name: Name, title: string, without: string) =>
    makePart(await readExperiment(pathOf(name)), {
      title,
      without,
      torch,
      say,
      result: results.get(`privacy-${name}`)!,
      directory: join(folder, `privacy-${name}`),
      experimentDirectory: dirname(pathOf(name)),
      audited: AUDITED[name],
    });
  const page = {
    criteo: await part("criteo", "Criteo, rows", "none"),
    movielens: await part("movielens", "MovieLens, ratings", "none"),
    users: await part("movielens-users", "MovieLens, users", "no-noise"),
    trust: results.get("privacy-trust")!,
    machine: machineText(),
    date: new Date().toISOString().slice(0, 10),
  };
  torch?.close();
  const docs = join(root, "docs", "results");
  for (const [name, svg] of Object.entries(privacyCharts(page)))
    await writeAtomically(join(docs, name), svg);
  await writeAtomically(join(docs, "privacy.md"), privacyPage(page));
}

interface PartSource extends Pick<Part, "title" | "without" | "result"> {
  /** Of the run. */
  readonly directory: string;
  readonly experimentDirectory: string;
  readonly torch: Torch | undefined;
  readonly audited: readonly string[] | undefined;
  readonly say: (line: string) => void;
}

async function makePart(experiment: Experiment, source: PartSource): Promise<Part> {
  const { title, without, result, directory, experimentDirectory, torch, audited, say } = source;
  const client = onlyClient(experiment);
  const trainings = sharedTrainings(experiment);
  const { train, users } = result.clients[client]!;
  return {
    title,
    without,
    client,
    experiment,
    result,
    ours: await aucOfRun(directory, {
      experiment,
      methods: trainings.map(({ method }) => method),
    }),
    theirs: await aucOfTorch({
      experiment,
      experimentDirectory,
      folder: `${directory}-torch`,
      torch,
      say,
    }),
    plans: new Map(
      trainings.flatMap((training) => {
        const { method, privacy } = training;
        if (privacy === undefined) return [];
        return [[method, planOfUnits(training, privacy, privacy.unit === "user" ? users : train)]];
      }),
    ),
    audit: audited && (await auditOf(directory, audited, say)),
  };
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
