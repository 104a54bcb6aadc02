import { performance } from "node:perf_hooks";
import {
  augmentationConfig,
  STAGES,
  type AugmentationServices,
  type AugmentationStage,
} from "@atoll/core/augmentation";
import { splitClient, type RawTable, type SplitClient } from "@atoll/core/data";
import { jobOf } from "@atoll/node/augmentation";
import { countingModel, readTemplates, sentenceVectorizer } from "@atoll/node/language-models";
import { planOf, readTables, rulesOf } from "@atoll/node/runs";
import { z } from "zod";
import { ALL } from "./variants.ts";
import type { Planned } from "../plan-run.ts";

/** What each stage takes for all users of one seed. */
export const stageCostsSchema = z.array(
  z.strictObject({
    stage: z.enum(STAGES),
    seconds: z.number().describe("by the heuristic on one thread, with joining the users' events"),
    prompts: z.number().describe("what a language model would be asked"),
    promptTokens: z.number().describe("estimated"),
    answerTokens: z.number().describe("estimated"),
  }),
);

export type StageCost = Readonly<z.infer<typeof stageCostsSchema>[number]>;

/** Measures the stages one by one, and counts the prompts of a language model that is not asked. */
export async function stageCosts(planned: Planned): Promise<readonly StageCost[]> {
  const splits = await splitsOf(planned);
  const costs: StageCost[] = [];
  for (const stage of STAGES) {
    const begin = performance.now();
    await jobWith(planned, { kind: "heuristic", stages: [stage] }).run(splits, {
      services: undefined,
    });
    const seconds = (performance.now() - begin) / 1000;
    costs.push({ stage, seconds, ...(await promptsOf(planned, splits, stage)) });
  }
  return costs;
}

async function promptsOf(
  planned: Planned,
  splits: readonly SplitClient[],
  stage: AugmentationStage,
) {
  const asked = {
    kind: "openai-compatible",
    baseUrl: "http://127.0.0.1:11434/v1",
    stages: [stage],
  } as const;
  const settings = augmentationConfig.parse(asked);
  if (settings.kind !== "openai-compatible") throw new Error(`settings became ${settings.kind}`);
  const model = countingModel(settings, { model: settings.model });
  const services: AugmentationServices = {
    templates: () => readTemplates(undefined),
    languageModel: () => model,
    sentences: (sentences) => sentenceVectorizer(sentences, planned),
  };
  await jobWith(planned, asked).run(splits, { services });
  const { prompts, promptTokens, answerTokens } = model.plan()[stage];
  return { prompts, promptTokens, answerTokens };
}

/** The job of the row with all three stages, with another augmentation in its place. */
function jobWith({ experiment }: Planned, augmentation: Readonly<Record<string, unknown>>) {
  const row = planOf(experiment).methods.find(({ entry }) => entry.name === ALL)!;
  const entry = { ...row.entry, augmentation: augmentationConfig.parse(augmentation) };
  const job = jobOf({ entry, settings: row.settings });
  if (job === undefined) throw new Error(`${entry.kind} augments nothing`);
  return job;
}

async function splitsOf({ experiment, directory }: Planned): Promise<readonly SplitClient[]> {
  const { signal } = new AbortController();
  const tables = await readTables(experiment, directory, () => {}, signal);
  return tables
    .toSorted((a, b) => (a.client < b.client ? -1 : 1))
    .map(({ client, rows, columns }) =>
      splitClient(rows as RawTable, rulesOf(experiment, client, columns), experiment.seeds[0]!),
    );
}
