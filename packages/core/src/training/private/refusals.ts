import type { TrainingData } from "../../data/index.ts";
import { AtollError, AtollErrors } from "../../errors/index.ts";
import { isGrouped, type Model } from "../../models/index.ts";
import type { TrainingConfig } from "../config.ts";
import type { PrivateTraining } from "../private-training.ts";
import { countNoiseOf } from "./clip-bound.ts";
import { batchUnitsOf } from "./pass-cost.ts";
import { MOST_UNITS } from "./run-size.ts";

interface Parts {
  readonly model: Model;
  readonly data: TrainingData;
  readonly config: TrainingConfig;
  /** For messages. */
  readonly party: string;
}

/** Throws for everything whose units cannot be protected one by one: PRIVACY_TRAINING. */
export function checkPrivate(parts: Parts, privacy: PrivateTraining): void {
  const { model, data, config, party } = parts;
  const { clip, noiseMultiplier, unit } = privacy;
  const problems: AtollError[] = [];
  const problem = (why: string) =>
    problems.push(new AtollError("PRIVACY_TRAINING", `client "${party}": ${why}`));
  if (model.state.length > 0)
    problem(
      `model "${model.kind}" keeps running statistics of whole batches, which no clipping of gradients bounds; set its batchNorm (star: partitionedNorm) to false where it has that, or choose another model`,
    );
  if (data.negatives !== undefined)
    problem(
      "implicit feedback draws negatives beside each row, which dp-sgd does not protect; give labels (data.feedback: explicit)",
    );
  if (isGrouped(config.loss) || config.loss.kind === "full-softmax")
    problem(
      `loss ${config.loss.kind} compares rows with one another, so that no row has a gradient of its own; choose bce or focal`,
    );
  if (data.train.rows.seek !== undefined)
    problem("dp-sgd draws rows at random, and these are on disk; set data.storage to memory");
  const { histories, pairs } = data.train.rows;
  if (unit === "example" && histories !== undefined)
    problem(
      "a row's history is of other rows of its user, so that one example is in many; choose privacy.unit user, or take data.columns.history away",
    );
  if (pairs !== undefined)
    problem(
      "numbers of a user and an item together were learned from all training rows, which no clipping of gradients bounds; choose a method without them",
    );
  if (unit === "user" && data.parts.length > 1)
    problem(
      "users of pooled clients are numbered apart, so that one user could be two; choose privacy.unit example",
    );
  if (clip.kind === "fixed" && clip.norm === Infinity && noiseMultiplier > 0)
    problem(
      `a noise multiplier of ${noiseMultiplier} of no bound is infinite noise; give privacy.clipNorm a number, or noiseMultiplier 0`,
    );
  const units = batchUnitsOf(privacy, config.batchSize);
  if (units > MOST_UNITS)
    problem(
      `a step of ${units} units would leave more than a quarter of the bound to rounding; lower training.batchSize to ${MOST_UNITS * privacy.rowsPerUnit} or less`,
    );
  if (clip.kind === "quantile" && noiseMultiplier > 0) {
    const countNoise = countNoiseOf(clip, units);
    if (noiseMultiplier >= 2 * countNoise)
      problem(
        `a noise multiplier of ${noiseMultiplier} leaves nothing for a count with noise of deviation ${countNoise}; it has to be below ${2 * countNoise}: raise training.batchSize (${units} units in a step) or privacy.clipNorm.countNoise`,
      );
  }
  if (problems.length > 0) throw new AtollErrors(problems);
}
