import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { declaredFeatures } from "@atoll/core/data";
import { decodeState } from "@atoll/core/federation";
import { EVALUATION_FILE } from "@atoll/core/methods";
import { splitFiles, type ClientFiles } from "@atoll/node/datasets";
import { rolesOf, type Experiment } from "@atoll/node/experiment";
import { writeAtomically } from "@atoll/node/runs";
import { z } from "zod";
import { planOfUnits, sharedTrainings, type PrivatePlan, type SharedTraining } from "./plan.ts";
import { torchAnswer, type Torch, type TorchAnswer } from "./torch.ts";

/** AUC by method, seed by seed in the experiment's order. */
export const aucBySeed = z.record(z.string(), z.array(z.number()));

export type AucBySeed = z.infer<typeof aucBySeed>;

const evaluation = z.object({ test: z.record(z.string(), z.record(z.string(), z.number())) });

/** Test AUCs of one client as a finished run measured them. */
export async function aucOfRun(
  directory: string,
  { experiment, methods }: { readonly experiment: Experiment; readonly methods: readonly string[] },
): Promise<AucBySeed> {
  const client = onlyClient(experiment);
  const entries = methods.map(async (method) => {
    const values = experiment.seeds.map(async (seed) => {
      const party = join(directory, "checkpoints", `seed-${seed}`, method, "clients", client);
      const file = await readFile(join(party, `${EVALUATION_FILE}.safetensors`));
      return evaluation.parse(decodeState(file).metadata).test[client]!["auc"]!;
    });
    return [method, await Promise.all(values)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

export interface TorchSideOptions {
  readonly experiment: Experiment;
  readonly experimentDirectory: string;
  /** Where answers are kept, one file for each training. */
  readonly folder: string;
  /** Undefined: only answers that are there already count. */
  readonly torch: Torch | undefined;
  readonly say: (line: string) => void;
}

export interface TorchSide {
  readonly version: string;
  readonly aucs: AucBySeed;
}

/** Test AUCs of PyTorch on the same rows; undefined where a training is neither kept nor can be made. */
export async function aucOfTorch(options: TorchSideOptions): Promise<TorchSide | undefined> {
  const { experiment, folder, torch, say } = options;
  const trainings = sharedTrainings(experiment);
  const aucs: AucBySeed = Object.fromEntries(trainings.map(({ method }) => [method, []]));
  const versions = new Set<string>();
  for (const seed of experiment.seeds) {
    const open: SharedTraining[] = [];
    const kept = new Map<string, TorchAnswer>();
    for (const training of trainings) {
      const found = await answered(fileOf(folder, training.method, seed), {
        experiment,
        training,
      });
      if (found === undefined) open.push(training);
      else kept.set(training.method, found);
    }
    if (open.length > 0 && torch === undefined) return undefined;
    if (open.length > 0)
      for (const [method, answer] of await trainAll({ ...options, torch: torch!, seed, open }))
        kept.set(method, answer);
    for (const { method } of trainings) {
      const { auc, version } = kept.get(method)!;
      aucs[method]!.push(auc);
      versions.add(version);
    }
    say(`${experiment.name}, PyTorch: seed ${seed} of ${experiment.seeds.join(", ")}`);
  }
  return { version: [...versions].join(", "), aucs };
}

const fileOf = (folder: string, method: string, seed: number) =>
  join(folder, `${method}-${seed}.json`);

interface Asked {
  readonly experiment: Experiment;
  readonly training: SharedTraining;
}

/** All that an answer depends on but the seed, as JSON has it. */
function keyOf({ experiment: { data, split }, training }: Asked): unknown {
  return JSON.parse(JSON.stringify({ data, split, training }));
}

/** A training that was made before, of these very rows and settings. */
async function answered(file: string, asked: Asked): Promise<TorchAnswer | undefined> {
  if (!existsSync(file)) return undefined;
  const written = JSON.parse(await readFile(file, "utf8")) as { asked: unknown; answer: unknown };
  const answer = torchAnswer.safeParse(written.answer);
  return answer.success && isDeepStrictEqual(written.asked, keyOf(asked)) ? answer.data : undefined;
}

async function trainAll({
  experiment,
  experimentDirectory,
  folder,
  torch,
  seed,
  open,
  say,
}: TorchSideOptions & {
  readonly torch: Torch;
  readonly seed: number;
  readonly open: readonly SharedTraining[];
}): Promise<Map<string, TorchAnswer>> {
  const directory = await mkdtemp(join(tmpdir(), "atoll-privacy-"));
  const answers = new Map<string, TorchAnswer>();
  try {
    const [client] = await splitFiles(experiment, {
      experimentDirectory,
      directory,
      seed,
      onEvent: () => undefined,
      signal: new AbortController().signal,
    });
    const has = await torch.load(loadRequest(experiment, client!, directory));
    for (const training of open) {
      const { privacy } = training;
      const plan =
        privacy && planOfUnits(training, privacy, privacy.unit === "user" ? has.users : has.rows);
      const answer = await torch.train(trainRequest(training, seed, plan));
      if (answer.rate !== plan?.samplingRate || answer.steps !== plan?.steps)
        throw new Error(
          `${training.method}: PyTorch made ${answer.steps} steps of rate ${answer.rate}, planned were ${plan?.steps} of ${plan?.samplingRate}`,
        );
      say(
        `${experiment.name}, PyTorch: ${training.method}, seed ${seed}, ${answer.seconds.toFixed(0)} s`,
      );
      await writeAtomically(
        fileOf(folder, training.method, seed),
        `${JSON.stringify({ asked: keyOf({ experiment, training }), answer }, null, 2)}\n`,
      );
      answers.set(training.method, answer);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return answers;
}

/** What PyTorch's side needs to know of the files: features and rules as Atoll reads the columns. */
function loadRequest(experiment: Experiment, { files }: ClientFiles, directory: string) {
  const columns = rolesOf(experiment);
  const declared = declaredFeatures(columns);
  const { label } = columns;
  if (declared.numeric.length > 0 || label === undefined || experiment.data.kind !== "files")
    throw new Error(`${experiment.name}: PyTorch's side reads files with one label and no numbers`);
  return {
    files: { train: join(directory, files.train.path), test: join(directory, files.test.path) },
    features: declared.categorical.map(({ name, from, rule }) => {
      if (from.kind !== "column" || (rule.kind !== "value" && rule.kind !== "list"))
        throw new Error(`${experiment.name}: PyTorch's side does not know how "${name}" is made`);
      return { column: from.column, rule };
    }),
    label: typeof label === "string" ? { column: label } : label,
    user: columns.user,
    minCount: experiment.data.vocabulary.minCount,
  };
}

function trainRequest(
  { settings, passes, privacy }: SharedTraining,
  seed: number,
  plan: PrivatePlan | undefined,
) {
  const { batchSize, optimiser } = settings.training;
  return {
    seed,
    model: settings.model,
    training: { batchSize, optimiser, passes },
    ...(privacy !== undefined &&
      plan !== undefined && {
        privacy: {
          unit: privacy.unit,
          rowsPerUser: privacy.rowsPerUser,
          clipNorm: privacy.clipNorm,
          noiseMultiplier: plan.noiseMultiplier,
        },
      }),
  };
}

export function onlyClient({ name, data }: Experiment): string {
  const clients = data.kind === "files" ? Object.keys(data.clients) : [];
  if (clients.length !== 1) throw new Error(`${name}: the page is made for one client`);
  return clients[0]!;
}
