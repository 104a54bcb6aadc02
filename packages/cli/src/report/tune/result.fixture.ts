import type { Trial, TuneResult } from "@atoll/node/tune";

/** A trial whose values follow from its setting; without a value it failed. */
export function trial(setting: number, rung: number, value: number | undefined): Trial {
  return {
    setting,
    rung,
    rounds: rung * 2,
    values: { "model.width": setting * 4, "training.optimiser.learningRate": 10 ** -setting },
    outcome:
      value === undefined
        ? { kind: "failed", code: "TRAINING_DIVERGED", message: "the loss is <NaN>" }
        : { kind: "measured", value, sd: 0, clients: { a: value }, rounds: rung * 2 },
    seconds: 1,
  };
}

/** A tune by log loss, where lower is better. */
export function result(trials: Trial[], best?: Trial): TuneResult {
  return {
    schema: "atoll/tune/v1",
    experiment: "made & up",
    method: "fedavg",
    objective: { metric: "logloss", higherIsBetter: false },
    seeds: [1],
    strategy: { kind: "successive-halving", trials: 4, seed: 1, eta: 2, minimumRounds: 2 },
    parameters: {
      "model.width": { values: [4, 8, 12, 16] },
      "training.optimiser.learningRate": {
        low: 0.0001,
        high: 0.1,
        scale: "log",
        integer: false,
      },
    },
    rungs: [
      { trials: 4, rounds: 2 },
      { trials: 2, rounds: 4 },
    ],
    trials,
    ...(best && { best }),
  };
}

const best = trial(3, 2, 0.41);
/** Four settings, two of them promoted, one failed. */
export const halved = result(
  [
    trial(1, 1, 0.6),
    trial(2, 1, undefined),
    trial(3, 1, 0.4),
    trial(4, 1, 0.5),
    best,
    trial(4, 2, 0.45),
  ],
  best,
);
