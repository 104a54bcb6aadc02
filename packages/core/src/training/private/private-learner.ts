import { tasksOf, type Batch } from "../../data/index.ts";
import { AtollError } from "../../errors/index.ts";
import type { RandomBits } from "../../random/index.ts";
import { diverged, type EpochOptions, type Learner } from "../learner.ts";
import type { PrivateTraining } from "../private-training.ts";
import type { LearnerOptions } from "../row-learner.ts";
import { createClipBound } from "./clip-bound.ts";
import { createClippedStep } from "./clipped-step.ts";
import { unitFiller } from "./fill-units.ts";
import { countUnclipped, finiteNorms } from "./norms.ts";
import { createNoisyUpdate } from "./noisy-update.ts";
import { batchUnitsOf, passCost, samplingRateOf, stepsOfPass } from "./pass-cost.ts";
import { checkPrivate } from "./refusals.ts";
import { roundingReserve, unitsPerRun } from "./run-size.ts";
import { poissonUnits, shuffledUnits, type StepUnits } from "./sampling.ts";
import { secretBits } from "./secret-bits.ts";
import { unitsOf } from "./units.ts";

/** One batch of a step. */
interface Run {
  readonly batch: Batch;
  /** Units in it. */
  readonly units: number;
  readonly endsStep: boolean;
}

/**
 * DP-SGD (Abadi et al. 2016): gradients of units, each clipped to C, are summed; Gaussian noise of deviation
 * z C goes on every entry of the sum, tables whole; the optimisers step by the sum over the expected number
 * of units. All randomness that the guarantee rests on comes from `secrets`.
 *
 * A pass gives the mean loss of the units it looked at, which nothing protects: it stays at home.
 */
export async function createPrivateLearner(
  options: LearnerOptions,
  privacy: PrivateTraining,
): Promise<Learner> {
  checkPrivate(options, privacy);
  const { model, data, config, executor, learned, party } = options;
  const { rowsPerUnit, clipping } = privacy;
  const { schema } = data;
  const units = unitsOf(data, privacy.unit);
  const batchUnits = batchUnitsOf(privacy, config.batchSize);
  const cost = passCost(privacy, { numUnits: units.count, batchUnits });
  const samplingRate = samplingRateOf(units.count, batchUnits);
  const perRun = unitsPerRun(privacy, { numUnits: units.count, batchUnits });
  const steps = stepsOfPass(units.count, batchUnits);
  const clipped = await createClippedStep({
    model,
    schema,
    executor,
    learned,
    units: perRun,
    rowsPerUnit,
    clipping,
    loss: {
      loss: config.loss,
      taskWeights: tasksOf(schema).map((task) => config.taskWeights[task] ?? 1),
    },
  });
  const numGroups = clipped.squares.length / perRun;
  const bound = createClipBound(privacy, batchUnits);
  /** Of the bound, what each group of entries is clipped to. */
  const share =
    (1 - roundingReserve(batchUnits)) / (clipping === "flat" ? 1 : Math.sqrt(numGroups));
  const update = createNoisyUpdate(learned, config);
  const { sum } = update;
  const fill = unitFiller(data, units, rowsPerUnit);
  const chosen = new Int32Array(units.count);

  function* runsOf(stepUnits: StepUnits, rows: RandomBits, masks: RandomBits): Generator<Run> {
    let turn = 0;
    for (let step = 0; step < steps; step++) {
      const count = stepUnits(step, chosen);
      let start = 0;
      do {
        const own = chosen.subarray(start, Math.min(count, start + perRun));
        const batch = clipped.batches[turn++ % 2]!;
        fill(batch, own, rows);
        clipped.prepare(batch, masks);
        start += perRun;
        yield { batch, units: own.length, endsStep: start >= count };
      } while (start < count);
    }
  }

  return {
    cost,
    memories: {
      ...update.memories,
      ...(bound.memory && { "clip bound": bound.memory }),
    },
    close: clipped.close,
    refreshStatistics: () => Promise.resolve(),
    epoch: async (pass: EpochOptions) => {
      const { stream, signal, onProgress, secrets } = pass;
      if (secrets === undefined)
        throw new RangeError("a pass that protects units needs secrets: noise and sampling");
      update.follow(pass);
      const noise = secrets("noise");
      const stepUnits =
        privacy.sampling === "poisson"
          ? poissonUnits(secretBits(secrets("sampling")), { numUnits: units.count, samplingRate })
          : shuffledUnits(stream, { numUnits: units.count, perStep: batchUnits });
      // Were rows and masks foreseeable, whoever foresees them could tell by them which units are there.
      const runs = runsOf(stepUnits, secretBits(secrets("rows")), secretBits(secrets("dropout")));
      let next = runs.next();
      const meanwhile = () => {
        next = runs.next();
      };
      let [lossSum, seen, unclipped, unitsOfStep, step] = [0, 0, 0, 0, 0];
      sum.clear();
      while (next.done !== true) {
        signal?.throwIfAborted();
        const { batch, units: count, endsStep } = next.value;
        const norm = bound.now();
        clipped.bound[0] = norm * share;
        if (count === 0) meanwhile();
        else {
          const loss = await clipped.run(batch, meanwhile);
          if (!Number.isFinite(loss)) throw diverged(party, loss, seen);
          if (!finiteNorms(clipped.squares)) throw gradientDiverged(party, seen);
          sum.add(clipped.dense, clipped.tables(batch));
          unclipped += countUnclipped(clipped.squares, {
            units: count,
            numGroups,
            bound: clipped.bound[0],
            clipping,
          });
          lossSum += loss;
          seen += count;
          unitsOfStep += count;
        }
        if (!endsStep) continue;
        if (bound.noiseMultiplier > 0) sum.addNoise(bound.noiseMultiplier * norm, noise);
        update.step(batchUnits);
        bound.move(unclipped, unitsOfStep, noise);
        sum.clear();
        [unclipped, unitsOfStep] = [0, 0];
        onProgress?.(++step / steps);
      }
      return seen === 0 ? 0 : lossSum / seen;
    },
  };
}

function gradientDiverged(party: string, seen: number): AtollError {
  return new AtollError(
    "TRAINING_DIVERGED",
    `client "${party}": a gradient is beyond all numbers after ${seen} units of a pass; lower training.optimiser.learningRate or check the numeric columns for extreme values`,
  );
}
