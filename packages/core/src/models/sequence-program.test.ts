import { describe, expect, test } from "vitest";
import { jaxExecutor, parameterLayout } from "../tensor/index.ts";
import { sequenceProgram, type SequenceLoss } from "./sequence-program.ts";
import type { Model, SequenceObjective } from "./types.ts";

const [B, L, D, K] = [2, 3, 2, 4];

/** A model whose states are the vectors of its items. */
const model: Model & { readonly sequence: SequenceObjective } = {
  kind: "echo",
  parameters: [],
  state: [],
  embeddings: [],
  forward: () => {
    throw new Error("not called");
  },
  sequence: {
    embedding: "items",
    history: "history",
    target: "next",
    bias: "bias",
    states: ({ items }) => ({ states: items, state: {} }),
    last: ({ items }) => items.slice([], L - 1, []),
  },
};

const wave = (size: number, phase: number) =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(1 + 0.7 * i + phase));

/** Positions 0 and 4 are not learned from. */
const counts = Float32Array.of(0, 1, 1, 1, 0, 1);
const targetRow = Float32Array.of(2, 3, 4, 5, 2, 3);
const otherRow = Float32Array.of(5, 2, 3, 7);

async function lossOf(kind: SequenceLoss["kind"], numOthers: number, gamma?: number) {
  const own = kind === "bce" || kind === "bpr" || kind === "focal";
  const numVectors = own ? B * L : numOthers;
  const inputs = {
    items: wave(B * L * D, 0),
    targets: wave(B * L * D, 2),
    others: wave(numVectors * D, 4),
    targetBias: wave(B * L, 6),
    otherBias: wave(numVectors, 8),
    weight: Float32Array.of(1, 1),
    present: Float32Array.of(0, 1, 1, 1, 1, 1),
    masked: new Float32Array(B * L),
    counts,
    ...(kind === "sampled-softmax" && { targetRow, otherRow }),
  };
  const layout = parameterLayout([]);
  const program = sequenceProgram(
    model,
    layout,
    layout,
    { batch: B, length: L, width: D },
    { kind, numOthers, ...(gamma !== undefined && { gamma }) },
  );
  const loaded = await jaxExecutor({ device: "cpu" }).load(program);
  const outputs = await loaded.run(inputs);
  await loaded.release();
  const dot = (a: Float32Array, i: number, b: Float32Array, k: number) =>
    a[i * D]! * b[k * D]! + a[i * D + 1]! * b[k * D + 1]!;
  const target = (p: number) => dot(inputs.items, p, inputs.targets, p) + inputs.targetBias[p]!;
  const other = (p: number, k: number) =>
    dot(inputs.items, p, inputs.others, k) + inputs.otherBias[k]!;
  return { loss: outputs["loss"]![0]!, target, other, outputs };
}

/** The mean over positions that count. */
function meanOf(loss: (position: number) => number): number {
  const positions = [...counts.keys()].filter((p) => counts[p] === 1);
  return positions.reduce((sum, p) => sum + loss(p), 0) / positions.length;
}

const softplus = (z: number) => Math.log1p(Math.exp(z));

describe("losses of positions, against plain sums", () => {
  test("bce: each position's item against 1, one other against 0", async () => {
    const { loss, target, other } = await lossOf("bce", 0);
    expect(loss).toBeCloseTo(
      meanOf((p) => softplus(-target(p)) + softplus(other(p, p))),
      4,
    );
  });

  test.each([undefined, 0.5, 3])(
    "focal: the same, easy ones counting less, gamma %s",
    async (gamma) => {
      const { loss, target, other } = await lossOf("focal", 0, gamma);
      const focal = (z: number) => softplus(z) / (1 + Math.exp(-z)) ** (gamma ?? 2);
      expect(loss).toBeCloseTo(
        meanOf((p) => focal(-target(p)) + focal(other(p, p))),
        4,
      );
    },
  );

  test("bpr: each position's item above one other", async () => {
    const { loss, target, other } = await lossOf("bpr", 0);
    expect(loss).toBeCloseTo(
      meanOf((p) => softplus(other(p, p) - target(p))),
      4,
    );
  });

  test("sampled softmax: among shared others, without the item itself", async () => {
    const { loss, target, other } = await lossOf("sampled-softmax", K);
    const sum = (p: number) =>
      Array.from({ length: K }, (_, k) =>
        otherRow[k] === targetRow[p] ? 0 : Math.exp(other(p, k)),
      ).reduce((a, b) => a + b, Math.exp(target(p)));
    expect(loss).toBeCloseTo(
      meanOf((p) => Math.log(sum(p)) - target(p)),
      4,
    );
  });

  test("full softmax: among all", async () => {
    const { loss, target, other } = await lossOf("full-softmax", K);
    const sum = (p: number) =>
      Array.from({ length: K }, (_, k) => Math.exp(other(p, k))).reduce((a, b) => a + b);
    expect(loss).toBeCloseTo(
      meanOf((p) => Math.log(sum(p)) - target(p)),
      4,
    );
  });

  test("positions that do not count get no gradient", async () => {
    const { outputs } = await lossOf("bce", 0);
    const gradient = outputs["gradient:targets"]!;
    for (let p = 0; p < B * L; p++)
      expect(gradient[p * D] !== 0 && gradient[p * D + 1] !== 0).toBe(counts[p] === 1);
  });
});
