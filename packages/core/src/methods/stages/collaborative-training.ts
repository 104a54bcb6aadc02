import { limitLists, type EvaluationExamples } from "../../data/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import type { SavedState } from "../../federation/stage.ts";
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
import type { CollaborativeData } from "./collaborative-data.ts";
import { factorsFrom, factorsToWire, numbersToWire } from "./collaborative-factors.ts";
import { prefixed, unprefixed } from "./named.ts";
import { validationValue } from "./validation.ts";

/** What a collaborative method that trains by passes is. */
export interface ByPasses {
  readonly kind: string;
  /** Most passes. */
  readonly epochs: number;
  readonly create: (positives: Positives, random: RandomStream) => FactorTrainer;
}

/** What one is trained on, and what tells its random numbers from those of the party's other models. */
export interface PassesOn {
  readonly positives: Positives;
  readonly key: readonly (string | number)[];
}

/** Vectors of one party in training: the model that is validated, and others that keep pace with it. */
export interface CollaborativeTraining {
  /** The validated one first. */
  readonly trainers: readonly FactorTrainer[];
  /**
   * Validates the state at hand as that after `round` rounds, and remembers all vectors where it is the
   * best: by the mean over the party's parts, which a market has one of. Gives the value of each part.
   */
  readonly consider: (round: number) => Promise<Record<string, number>>;
  readonly stale: () => number;
  /** Patience is at its end. */
  readonly finished: () => boolean;
  /** The passes of one of `rounds` rounds; gives the mean loss of the validated model. */
  readonly train: (round: number, signal?: AbortSignal) => Promise<number>;
  /** The vectors that were chosen, of every model: those of the best round, or else the last. */
  readonly chosen: () => readonly Factors[];
  readonly save: () => SavedState;
  readonly load: (state: SavedState) => void;
}

/** `method.epochs` passes spread evenly over `rounds` rounds, for every one of `models` alike. */
export function collaborativeTraining(
  context: ClientContext,
  settings: MethodSettings,
  {
    method,
    rounds,
    world: { data, scorerOf },
    models,
  }: {
    readonly method: ByPasses;
    readonly rounds: number;
    readonly world: CollaborativeData;
    readonly models: readonly PassesOn[];
  },
): CollaborativeTraining {
  const { training } = settings;
  const trainers = models.map(({ positives, key }) =>
    method.create(positives, streamOf(context.seed, "initial", method.kind, context.name, ...key)),
  );
  const [validated] = trainers;
  const validation = data.parts.map(({ client, valid, numUsers }) => ({
    client,
    rows: limitLists(valid, settings.validationLists),
    numUsers,
  }));
  const { higherIsBetter } = parseMetric(settings.selectBy).definition;
  let selection: Selection<readonly Factors[]> = { best: undefined, stale: 0 };

  return {
    trainers,
    consider: async (round) => {
      const factors = validated!.factors();
      const recommender = factorRecommender(factors);
      const scorer = scorerOf(() => recommender);
      const values: Record<string, number> = {};
      for (const { client, rows, numUsers } of validation) {
        const score = (examples: EvaluationExamples) => scorer.score(examples, client);
        values[client] = await validationValue(client, { rows, numUsers, score }, settings);
      }
      const all = Object.values(values);
      const value = all.reduce((sum, own) => sum + own, 0) / all.length;
      if (training.select === "best")
        selection = select(selection, { value, round, higherIsBetter }, () => [
          factors,
          ...trainers.slice(1).map((trainer) => trainer.factors()),
        ]);
      return values;
    },
    stale: () => selection.stale,
    finished: () => training.select === "best" && selection.stale >= training.patience,
    train: async (round, signal) => {
      const from = Math.round((method.epochs * round) / rounds);
      const to = Math.round((method.epochs * (round + 1)) / rounds);
      let loss = 0;
      let done = 0;
      for (const [m, trainer] of trainers.entries())
        for (let epoch = from; epoch < to; epoch++) {
          const { key } = models[m]!;
          const stream = streamOf(context.seed, context.name, method.kind, "epoch", epoch, ...key);
          const own = await trainer.epoch(stream, signal);
          if (trainer === validated) loss += own;
          done += 1;
          context.onProgress?.({ work: "training", share: done / (trainers.length * (to - from)) });
        }
      return loss / (to - from);
    },
    chosen: () => selection.best?.snapshot ?? trainers.map((trainer) => trainer.factors()),
    save: () => {
      const { best, stale } = selection;
      return {
        arrays: {
          ...joined(
            trainers.map(({ arrays }, m) => prefixed(`${m}:trainer:`, numbersToWire(arrays))),
          ),
          ...(best &&
            joined(best.snapshot.map((f, m) => prefixed(`${m}:best:`, factorsToWire(f))))),
        },
        metadata: {
          steps: trainers.map(({ steps }) => steps),
          stale,
          ...(best && {
            best: { value: best.value, round: best.round, width: best.snapshot[0]!.width },
          }),
        },
      };
    },
    load: ({ arrays, metadata }) => {
      const steps = metadata["steps"] as readonly number[];
      trainers.forEach((trainer, m) => {
        for (const [name, array] of Object.entries(unprefixed(`${m}:trainer:`, arrays)))
          trainer.arrays[name]!.set(array.data);
        trainer.steps = steps[m]!;
      });
      const best = metadata["best"] as
        | { readonly value: number; readonly round: number; readonly width: number }
        | undefined;
      selection = {
        stale: metadata["stale"] as number,
        best: best && {
          value: best.value,
          round: best.round,
          snapshot: trainers.map((_, m) =>
            factorsFrom(best.width, unprefixed(`${m}:best:`, arrays)),
          ),
        },
      };
    },
  };
}

function joined<T>(records: readonly Readonly<Record<string, T>>[]): Record<string, T> {
  return Object.assign({}, ...records) as Record<string, T>;
}
