import { describe, expect, test } from "vitest";
import { heldOut } from "../../data/index.ts";
import { AtollErrors } from "../../errors/index.ts";
import type { PrivateTraining } from "../private-training.ts";
import { trainingConfig } from "../config.ts";
import { buildModel, modelConfig } from "../../models/index.ts";
import { checkPrivate } from "./refusals.ts";
import { plainPrivacy, richSchema, world } from "./worlds.fixture.ts";

const data = world({ schema: richSchema });
const noisy: PrivateTraining = { ...plainPrivacy, noiseMultiplier: 1 };

interface Case {
  readonly model?: unknown;
  readonly data?: typeof data;
  readonly training?: unknown;
  readonly privacy?: PrivateTraining;
}

function refusal(example: Case): readonly string[] {
  const { model = { kind: "lr" }, training = {}, privacy = noisy } = example;
  const given = example.data ?? data;
  try {
    checkPrivate(
      {
        model: buildModel(modelConfig.parse(model), given.schema),
        data: given,
        config: trainingConfig.parse(training),
        party: "de",
      },
      privacy,
    );
  } catch (error) {
    if (!(error instanceof AtollErrors)) throw error;
    expect(error.errors.every(({ code }) => code === "PRIVACY_TRAINING")).toBe(true);
    return error.errors.map(({ message }) => message);
  }
  return [];
}

test("what can be protected is not refused", () => {
  expect(refusal({})).toEqual([]);
  const users = { ...noisy, unit: "user", rowsPerUnit: 8 } as const;
  expect(refusal({ privacy: users })).toEqual([]);
  expect(refusal({ privacy: users, data: withRows({ histories }) })).toEqual([]);
});

const pool = {
  numItems: 1,
  categorical: new Int32Array(1),
  numeric: new Float32Array(1),
  excludedOffsets: new Int32Array(6),
  excludedItems: new Int32Array(0),
};
const histories = {
  length: 2,
  items: new Int32Array(0),
  starts: new Int32Array(24),
  ends: new Int32Array(24),
  userStarts: new Int32Array(5),
  userEnds: new Int32Array(5),
};
const pairs = { itemOfRow: new Int32Array(24), itemOfPool: [], write: () => undefined };
const withRows = (more: object) => ({
  ...data,
  train: { ...data.train, rows: { ...data.train.rows, ...more } },
});
const held = heldOut(data.train);
const part = { client: "a", numUsers: 1, valid: held, test: held };
const quantile = {
  kind: "quantile",
  quantile: 0.5,
  initial: 1,
  learningRate: 0.2,
  countNoise: undefined,
} as const;

describe("what cannot be protected is refused, with a way out", () => {
  test.each<[string, Case, RegExp]>([
    [
      "running statistics",
      { model: { kind: "deepfm", batchNorm: true } },
      /model "deepfm" keeps running statistics .* set its batchNorm .* to false/,
    ],
    ["dice", { model: { kind: "din" } }, /model "din" keeps running statistics/],
    [
      "sampled negatives",
      {
        data: {
          ...data,
          negatives: { ratio: 1, pools: [pool], poolOfRow: new Uint16Array(24) },
        },
      },
      /draws negatives .*data\.feedback: explicit/,
    ],
    [
      "losses of pairs",
      { training: { loss: { kind: "bpr" } } },
      /loss bpr compares rows .* choose bce or focal/,
    ],
    ["rows on disk", { data: withRows({ seek: (row: number) => row }) }, /on disk/],
    [
      "histories of examples",
      { data: withRows({ histories }) },
      /one example is in many; choose privacy\.unit user/,
    ],
    ["numbers learned from all rows", { data: withRows({ pairs }) }, /a method without them/],
    [
      "users of pooled clients",
      { data: { ...data, parts: [part, part] }, privacy: { ...noisy, unit: "user" } },
      /one user could be two; choose privacy\.unit example/,
    ],
    [
      "noise of no bound",
      { privacy: { ...noisy, clip: { kind: "fixed", norm: Infinity } } },
      /a noise multiplier of 1 of no bound .* privacy\.clipNorm a number/,
    ],
    [
      "steps too large for float32",
      { training: { batchSize: 140_000 } },
      /a step of 140000 units .* lower training\.batchSize to 131072 or less/,
    ],
    [
      "a count that costs too much",
      { privacy: { ...noisy, clip: quantile }, training: { batchSize: 8 } },
      /below 0\.8: raise training\.batchSize \(8 units in a step\)/,
    ],
  ])("%s", (_, example, message) => {
    const messages = refusal(example);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(/^client "de": /);
    expect(messages[0]).toMatch(message);
  });

  test("all of it at once", () => {
    const messages = refusal({
      model: { kind: "deepfm", batchNorm: true },
      training: { loss: { kind: "bpr" } },
      privacy: { ...noisy, clip: { kind: "fixed", norm: Infinity } },
    });
    expect(messages).toHaveLength(3);
  });
});
