import { z } from "zod";
import { limitLists } from "../../data/index.ts";
import type { Stage, StageClient } from "../../federation/stage.ts";
import type { Message, WireArray } from "../../federation/types.ts";
import { parseMetric } from "../../metrics/index.ts";
import {
  factorRecommender,
  type FactorTrainer,
  type Factors,
  type Positives,
} from "../../models/collaborative/index.ts";
import { streamOf, type RandomStream } from "../../random/index.ts";
import { select, type Selection } from "../../training/index.ts";
import type { MethodSettings } from "../types.ts";
import { collaborativeData } from "./collaborative-data.ts";
import { exchangeOf } from "./exchange.ts";
import { prefixed, trainServer, unprefixed } from "./train-server.ts";
import { trainReply, type TrainReply } from "./train.ts";
import { validationValue } from "./validation.ts";

/** What a collaborative method that trains by passes is. */
export interface ByPasses {
  readonly kind: string;
  /** Most passes. */
  readonly epochs: number;
  readonly create: (positives: Positives, random: RandomStream) => FactorTrainer;
}

/**
 * Every client trains vectors of its users and items, alone. The passes are spread evenly over the
 * experiment's rounds: a client validates before each round and at the end, keeps its best vectors, and
 * stops when `training.patience` rounds brought no better ones. Between rounds a run can be stopped and
 * resumed.
 */
export function collaborativePassesStage(settings: MethodSettings, method: ByPasses): Stage {
  const rounds = Math.min(settings.federation.rounds, method.epochs);
  const alone = { ...settings, federation: { ...settings.federation, rounds } };
  const empty = z.strictObject({});
  return {
    name: "train",
    messages: {
      train: { arrays: {}, metadata: empty, purpose: "asks for a round of passes" },
      update: {
        arrays: {},
        metadata: trainReply,
        purpose: "row count, loss and validation value of the client's own model",
      },
      finish: { arrays: {}, metadata: empty, purpose: "says that the rounds are over" },
      finished: {
        arrays: {},
        metadata: trainReply,
        purpose: "the validation value of the final state",
      },
    },
    server: (context) =>
      trainServer(context, alone, { kind: "alone" }, exchangeOf(alone, { kind: "alone" })),
    client: async (context): Promise<StageClient> => {
      const { training } = settings;
      const { data, positives, scorerOf } = collaborativeData(context, settings, method.kind);
      const trainer = method.create(
        positives,
        streamOf(context.seed, "initial", method.kind, context.name),
      );
      const [part] = data.parts;
      const validation = limitLists(part!.valid, settings.validationLists);
      const { higherIsBetter } = parseMetric(settings.selectBy).definition;
      let selection: Selection<Factors> = { best: undefined, stale: 0 };

      const consider = async (round: number): Promise<number> => {
        const factors = trainer.factors();
        const recommender = factorRecommender(factors);
        const scores = await scorerOf(() => recommender).score(validation, context.name);
        const scored = { examples: validation, scores, numUsers: part!.numUsers };
        const value = validationValue(context.name, scored, settings);
        if (training.select === "best")
          selection = select(selection, { value, round, higherIsBetter }, () => factors);
        return value;
      };

      const serve = () => {
        context.memory.data = data;
        context.memory.scorer = scorerOf(() =>
          factorRecommender(selection.best?.snapshot ?? trainer.factors()),
        );
      };

      return {
        handle: async (request, signal) => {
          const valid = { [context.name]: await consider(request.round) };
          const { stale } = selection;
          const finished = training.select === "best" && stale >= training.patience;
          const reply = (kind: string, metadata: Partial<TrainReply>): Message => ({
            kind,
            stage: "train",
            round: request.round,
            arrays: {},
            metadata: { numExamples: positives.items.length, valid, stale, finished, ...metadata },
          });
          if (request.kind === "finish") {
            serve();
            return reply("finished", { finished: true });
          }
          if (finished) return reply("update", {});
          const from = Math.round((method.epochs * request.round) / rounds);
          const to = Math.round((method.epochs * (request.round + 1)) / rounds);
          let loss = 0;
          for (let epoch = from; epoch < to; epoch++) {
            const stream = streamOf(context.seed, context.name, method.kind, "epoch", epoch);
            loss += await trainer.epoch(stream, signal);
          }
          return reply("update", { trainLoss: loss / (to - from) });
        },
        save: () => {
          const { best, stale } = selection;
          return {
            arrays: {
              ...prefixed("trainer:", toWire(trainer.arrays)),
              ...(best && prefixed("best:", toWire(arraysOf(best.snapshot)))),
            },
            metadata: {
              steps: trainer.steps,
              stale,
              ...(best && {
                best: { value: best.value, round: best.round, width: best.snapshot.width },
              }),
              serving: context.memory.scorer !== undefined,
            },
          };
        },
        load: (state) => {
          for (const [name, array] of Object.entries(unprefixed("trainer:", state.arrays)))
            trainer.arrays[name]!.set(array.data);
          trainer.steps = state.metadata["steps"] as number;
          const best = state.metadata["best"] as
            | { readonly value: number; readonly round: number; readonly width: number }
            | undefined;
          selection = {
            stale: state.metadata["stale"] as number,
            best: best && {
              value: best.value,
              round: best.round,
              snapshot: factorsOf(best.width, unprefixed("best:", state.arrays)),
            },
          };
          if (state.metadata["serving"] === true) serve();
        },
        close: async () => {},
      };
    },
  };
}

function arraysOf({ users, items, bias }: Factors): Record<string, Float32Array> {
  return { users, items, ...(bias && { bias }) };
}

function factorsOf(width: number, arrays: Readonly<Record<string, WireArray>>): Factors {
  const copy = (name: string) => (arrays[name]!.data as Float32Array).slice();
  return {
    width,
    users: copy("users"),
    items: copy("items"),
    ...(arrays["bias"] && { bias: copy("bias") }),
  };
}

function toWire(arrays: Readonly<Record<string, Float32Array>>): Record<string, WireArray> {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, data]) => [name, { shape: [data.length], data }]),
  );
}
