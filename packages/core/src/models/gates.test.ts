import { expect, test } from "vitest";
import type { FeatureSchema } from "../data/schema.ts";
import { streamOf } from "../random/index.ts";
import { initialise, jaxExecutor, parameterLayout, windows } from "../tensor/index.ts";
import { mmoe } from "./multitask/mmoe.ts";
import { templateConfig, templatedMmoe } from "./multitask/templated-mmoe.ts";
import { gatesProgram } from "./program.ts";
import { buildModel, modelConfig } from "./registry.ts";
import { schemaOf } from "./reference.fixture.ts";
import type { Model } from "./types.ts";

const BATCH = 3;
const PRICES = [-1, 0.5, 2];
const schema: FeatureSchema = { ...schemaOf(["user", "item"], ["price"]), tasks: ["click", "buy"] };

const built = (config: object) => buildModel(modelConfig.parse(config), schema);

/** Shares where the bias of each gate is (0, 1, 2, ...) + task, and only the price moves it, for part 0. */
async function sharesOf(model: Model): Promise<number[][]> {
  const layout = parameterLayout(model.parameters);
  const stateLayout = parameterLayout(model.state);
  const parameters = initialise(layout, streamOf(5, "fresh"));
  for (const { part, shape, offset, length } of layout.views) {
    if (part?.kind !== "gate") continue;
    const own = parameters.subarray(offset, offset + length);
    if (shape.length === 1) own.forEach((_, e) => (own[e] = e * (part.task + 1)));
    else own.fill(0).fill(1, length - shape[1]!, length - shape[1]! + 1); // the price comes last in x
  }
  const program = gatesProgram(model, layout, stateLayout, schema, BATCH)!;
  const numbers: Record<string, Float32Array> = {
    ...windows(layout, parameters, "parameter"),
    ...windows(stateLayout, initialise(stateLayout, streamOf(6, "fresh")), "state"),
    numeric: Float32Array.from(PRICES),
  };
  const loaded = await jaxExecutor().load(program);
  const { gates } = await loaded.run(
    Object.fromEntries(
      program.inputs.map(({ name, shape }) => [
        name,
        numbers[name] ??
          Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i)),
      ]),
    ),
  );
  await loaded.release();
  const width = gates!.length / BATCH;
  return Array.from({ length: BATCH }, (_, b) =>
    Array.from(gates!.slice(b * width, (b + 1) * width)),
  );
}

/** The softmax of (price, 0, ...) + (0, 1, 2, ...) (task + 1). */
function expected(price: number, task: number, parts: number): number[] {
  const powers = Array.from({ length: parts }, (_, e) =>
    Math.exp((e === 0 ? price : 0) + e * (task + 1)),
  );
  const total = powers.reduce((sum, power) => sum + power);
  return powers.map((power) => power / total);
}

function expectClose(actual: readonly number[], wanted: readonly number[]): void {
  expect(actual).toHaveLength(wanted.length);
  wanted.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 5));
}

const small = { width: 2, expertHidden: [3], towerHidden: [3] };

test("mmoe: every task's shares of all experts, one task after the other", async () => {
  const shares = await sharesOf(built({ kind: "mmoe", experts: 3, ...small }));
  for (const [b, price] of PRICES.entries())
    expectClose(shares[b]!, [...expected(price, 0, 3), ...expected(price, 1, 3)]);
});

test("the templated mmoe has the gates of mmoe, statistics or not", async () => {
  const settings = mmoe.config.parse({ kind: "mmoe", experts: 3, batchNorm: true, ...small });
  const template = templateConfig.parse({ taskFactor: "full" });
  expect(await sharesOf(templatedMmoe(settings, template, schema))).toEqual(
    await sharesOf(mmoe.build(settings, schema)),
  );
});

test("ple: a task has no share of the other's experts", async () => {
  const config = { kind: "ple", taskExperts: 2, sharedExperts: 1, ...small };
  const shares = await sharesOf(built(config));
  for (const [b, price] of PRICES.entries()) {
    const [click, buy] = [expected(price, 0, 3), expected(price, 1, 3)];
    const ofClick = [click[0]!, click[1]!, 0, 0, click[2]!];
    expectClose(shares[b]!, [...ofClick, 0, 0, ...buy]);
  }
});

test("ple of two levels: shares of the second, which reads what the first made", async () => {
  const config = { kind: "ple", taskExperts: 1, sharedExperts: 1, levels: 2, ...small };
  const shares = await sharesOf(built(config));
  for (const [click, none, shared, no, buy, alsoShared] of shares) {
    expect([none, no]).toEqual([0, 0]);
    expect(click! + shared!).toBeCloseTo(1, 5);
    expect(buy! + alsoShared!).toBeCloseTo(1, 5);
  }
});

test("stem: shares of every task's experts and the shared ones; numeric features count once", async () => {
  const shares = await sharesOf(built({ kind: "stem", ...small }));
  for (const [b, price] of PRICES.entries())
    expectClose(shares[b]!, [...expected(price, 0, 3), ...expected(price, 1, 3)]);
});

test("a model without gates has no program", () => {
  const model = built({ kind: "shared-bottom" });
  const layouts = [parameterLayout(model.parameters), parameterLayout(model.state)] as const;
  expect(gatesProgram(model, ...layouts, schema, BATCH)).toBe(undefined);
});
