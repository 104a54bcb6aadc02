import type { ClientContext } from "../../../federation/client-context.ts";
import type { StageClient } from "../../../federation/stage.ts";
import type { Message, WireArray } from "../../../federation/types.ts";
import { AtollError } from "../../../errors/index.ts";
import { factorRecommender } from "../../../models/collaborative/index.ts";
import { collaborativeData } from "../../stages/collaborative-data.ts";
import {
  collaborativeTraining,
  type ByPasses,
  type CollaborativeTraining,
} from "../../stages/collaborative-training.ts";
import type { TrainReply } from "../../stages/train-reply.ts";
import type { MethodSettings } from "../../types.ts";
import { couplingOf, modelNames, type Coupling } from "./coupling.ts";
import {
  numFoldsOf,
  originOf,
  readOwnVectors,
  takeVectors,
  writeVectors,
  type StoredVectors,
} from "./file.ts";
import { collaborativeIndex } from "./numbering.ts";
import { orderMetric } from "./order-metric.ts";
import { foldedWorlds } from "./worlds.ts";
import type { FedMmConfig } from "../config.ts";

/** What a party knows of its users and items, and how it leaves vectors to later stages. */
function opened(context: ClientContext, settings: MethodSettings, config: FedMmConfig) {
  const world = collaborativeData(context, settings, config.kind);
  const index = collaborativeIndex(world.data, world.encoder, world.positives);
  return {
    world,
    index,
    leave: (vectors: StoredVectors) => {
      context.memory.collaborative = { ...index, ...vectors };
      if (config.score === "model") return;
      const recommender = factorRecommender(vectors.factors);
      context.memory.data = world.data;
      context.memory.scorer = world.scorerOf(() => recommender);
    },
  };
}

interface InTraining {
  readonly training: CollaborativeTraining;
  /** With anchors. */
  readonly coupling?: Coupling;
}

/** The client half that trains. What is left is a file of its own, from which a later stage is resumed. */
export async function collaborativeClient(
  context: ClientContext,
  settings: MethodSettings,
  config: FedMmConfig,
  { method, rounds }: { readonly method: ByPasses; readonly rounds: number },
): Promise<StageClient> {
  const { world, index, leave } = opened(context, settings, config);
  const origin = originOf(config, settings);
  const { positives, foldOfRow } = foldedWorlds(
    context,
    world.positives,
    index,
    numFoldsOf(config),
  );
  const models = modelNames(positives.length - 1).map((name, m) => ({
    name,
    positives: positives[m]!,
    key: m === 0 ? [] : ["fold", m - 1],
  }));
  const stored = await readOwnVectors(context, origin);

  const begin = (): InTraining => {
    const { patience } = config.collaborative;
    const own = {
      ...settings,
      selectBy: orderMetric(settings.selectBy),
      training: { ...settings.training, patience },
    };
    const training = collaborativeTraining(context, own, { method, rounds, world, models });
    if (!config.alignment.anchors) return { training };
    const { anchors } = context.memory;
    if (anchors === undefined)
      throw new RangeError("the stage that finds anchors comes before the one that couples them");
    const coupled = models.map((model, m) => ({ ...model, trainer: training.trainers[m]! }));
    return { training, coupling: couplingOf(context.name, anchors, coupled) };
  };
  // Made when first needed and let go at the end: optimisers' memories are many times the vectors.
  let live: InTraining | "over" | undefined;
  const inTraining = (): InTraining => {
    if (live === "over") throw new RangeError("the stage is over");
    live ??= begin();
    return live;
  };

  const finish = async ({ training }: InTraining) => {
    const [factors, ...folds] = training.chosen();
    const vectors = { factors: factors!, folds, foldOfRow };
    await writeVectors(context, vectors, origin);
    leave(vectors);
    live = "over";
  };

  return {
    handle: async (request, signal) => {
      const now = inTraining();
      const { training, coupling } = now;
      if (request.kind === "start")
        return {
          kind: "started",
          stage: "collaborative",
          round: request.round,
          arrays: coupling?.collect() ?? {},
          metadata: {},
        };
      coupling?.install(request.arrays);
      const valid = await training.consider(request.round);
      const stale = training.stale();
      const finished = training.finished();
      const reply = (
        kind: string,
        metadata: Partial<TrainReply>,
        arrays: Readonly<Record<string, WireArray>> = {},
      ): Message => ({
        kind,
        stage: "collaborative",
        round: request.round,
        arrays,
        metadata: {
          numExamples: world.positives.items.length,
          valid,
          stale,
          finished,
          ...metadata,
        },
      });
      if (request.kind === "finish") {
        await finish(now);
        return reply("finished", { finished: true });
      }
      // Alone, nobody waits for this client: it stops here, at its own time.
      if (finished && coupling === undefined) return reply("update", {});
      const trainLoss = await training.train(request.round, signal);
      return reply("update", { trainLoss }, coupling?.collect());
    },
    save: () => {
      if (live === "over") return { arrays: {}, metadata: { over: true } };
      const { arrays, metadata } = inTraining().training.save();
      return { arrays, metadata: { ...metadata, over: false } };
    },
    load: (state) => {
      if (state.metadata["over"] !== true) {
        inTraining().training.load(state);
        return;
      }
      if (stored === undefined)
        throw new AtollError(
          "COLLABORATIVE_MISMATCH",
          `client "${context.name}": the run to resume had learned its collaborative vectors, but their file is missing or belongs to other settings; start a new run`,
        );
      leave(stored);
      live = "over";
    },
    close: async () => {},
  };
}

/** The client half that takes an earlier method's vectors as they are. */
export async function takingClient(
  context: ClientContext,
  settings: MethodSettings,
  config: FedMmConfig,
  from: string,
): Promise<StageClient> {
  const { leave } = opened(context, settings, config);
  const vectors = await takeVectors(context, from, originOf(config, settings));
  return {
    handle: async (request) => {
      leave(vectors);
      return {
        kind: "taken",
        stage: "collaborative",
        round: request.round,
        arrays: {},
        metadata: {},
      };
    },
    save: () => ({ arrays: {}, metadata: {} }),
    load: () => leave(vectors),
    close: async () => {},
  };
}
