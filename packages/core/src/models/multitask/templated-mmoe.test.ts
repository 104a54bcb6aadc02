import { describe, expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import {
  initialise,
  jaxExecutor,
  parameterLayout,
  windows,
  type ParameterLayout,
} from "../../tensor/index.ts";
import fixtures from "../__fixtures__/templated-mmoe.json" with { type: "json" };
import { predictProgram, trainProgram } from "../program.ts";
import { schemaOf, type Build } from "../reference.fixture.ts";
import { referenceLaws } from "../reference.laws.ts";
import type { Model } from "../types.ts";
import { mmoe } from "./mmoe.ts";
import { templateConfig, templatedMmoe } from "./templated-mmoe.ts";

const BATCH = 6;
const schema = { ...schemaOf(["user", "item"], ["price"]), tasks: ["click", "buy"] };
const kinds = (["product", "sum"] as const).flatMap((operator) =>
  (["full", "row", "off"] as const).map((taskFactor) => ({ operator, taskFactor })),
);
/** Half of modes and norms for every second kind, the other half for the others: each task factor meets all. */
const normedOf = (kind: number) =>
  (["train", "predict"] as const).map((mode, m) => ({ mode, batchNorm: (kind + m) % 2 === 0 }));

function settingsOf(more: Record<string, unknown> = {}) {
  const small = { kind: "mmoe", width: 2, experts: 2, expertHidden: [5, 4], towerHidden: [3] };
  return mmoe.config.parse({ ...small, ...more });
}

/** The model of a case of benchmarks/reference/templated_mmoe.py. */
const build: Build = ({ template, ...config }, given) =>
  templatedMmoe(
    mmoe.config.parse({ ...config, kind: "mmoe" }),
    templateConfig.parse(template),
    given,
  );

referenceLaws(fixtures, { build });

type Outputs = Readonly<Record<string, ArrayLike<number>>>;

/** What a model's program gives on one batch; its numbers are fresh, and changed where asked. */
type Run = (
  change?: (layout: ParameterLayout, parameters: Float32Array) => void,
) => Promise<Outputs>;

async function withProgram<T>(
  model: Model,
  mode: "train" | "predict",
  use: (run: Run) => Promise<T>,
): Promise<T> {
  const layout = parameterLayout(model.parameters);
  const stateLayout = parameterLayout(model.state);
  const program = (mode === "train" ? trainProgram : predictProgram)(
    model,
    layout,
    stateLayout,
    schema,
    BATCH,
  );
  const loaded = await jaxExecutor().load(program);
  const found = await use((change = () => {}) => {
    const parameters = initialise(layout, streamOf(5, "fresh"));
    change(layout, parameters);
    const state = initialise(stateLayout, streamOf(6, "fresh"));
    const numbers = {
      ...windows(layout, parameters, "parameter"),
      ...windows(stateLayout, state, "state"),
    };
    const given = program.inputs.map(({ name, shape }): [string, Float32Array] => {
      const size = shape.reduce((product, length) => product * length, 1);
      const wave = Float32Array.from({ length: size }, (_, i) =>
        name === "label" || name.startsWith("dropout") ? (i + 1) % 2 : Math.sin(1 + 1.7 * i),
      );
      return [name, numbers[name] ?? (name === "weight" ? wave.fill(1) : wave)];
    });
    return loaded.run(Object.fromEntries(given));
  });
  await loaded.release();
  return found;
}

const outputsOf = (model: Model, mode: "train" | "predict") =>
  withProgram(model, mode, (run) => run());

/** Mixture-of-experts without factors, by whether there are norms and by mode: all templates begin as it does. */
const plain = new Map<string, Promise<Outputs>>();
function plainOutputs(batchNorm: boolean, mode: "train" | "predict"): Promise<Outputs> {
  const key = `${batchNorm} ${mode}`;
  const settings = settingsOf({ batchNorm, dropout: 0.5 });
  const outputs = plain.get(key) ?? outputsOf(mmoe.build(settings, schema), mode);
  plain.set(key, outputs);
  return outputs;
}

/** How far the log-odds of each task moved, row by row. */
function movements(before: Outputs, after: Outputs): number[][] {
  return [0, 1].map((task) =>
    Array.from({ length: BATCH }, (_, b) =>
      Math.abs(after["logits"]![2 * b + task]! - before["logits"]![2 * b + task]!),
    ),
  );
}

describe.each(kinds.map((template, kind) => ({ ...template, template, normed: normedOf(kind) })))(
  "$operator of factors, a task's own: $taskFactor",
  ({ template, normed }) => {
    test.each(normed)(
      "fresh, it is mmoe of the same draws: $mode, batchNorm $batchNorm",
      async ({ mode, batchNorm }) => {
        const settings = settingsOf({ batchNorm, dropout: 0.5 });
        const { logits } = await plainOutputs(batchNorm, mode);
        const templated = await outputsOf(templatedMmoe(settings, template, schema), mode);
        expect(Array.from(logits!).some((z) => Math.abs(z) > 0.05)).toBe(true);
        expect(templated["logits"]).toEqual(logits);
      },
    );

    if (template.taskFactor === "off") return;

    test.each(normed)(
      "a task's factor moves that task's log-odds alone: $mode, batchNorm $batchNorm",
      async ({ mode, batchNorm }) => {
        // Without layers in the towers, no norm of theirs is between.
        const settings = settingsOf({ batchNorm, towerHidden: [] });
        const model = templatedMmoe(settings, template, schema);
        await withProgram(model, mode, async (run) => {
          const before = await run();
          for (const task of [0, 1]) {
            const after = await run(({ views }, parameters) => {
              for (const { part, offset, length } of views)
                if (part?.kind === "expert" && part.factor === "task" && part.task === task)
                  for (let i = offset; i < offset + length; i++)
                    parameters[i] = parameters[i]! * 1.4 + 0.2 * Math.sin(3 * i);
            });
            const moved = movements(before, after);
            expect(Math.min(...moved[task]!)).toBeGreaterThan(1e-4);
            expect(Math.max(...moved[1 - task]!)).toBe(0);
          }
        });
      },
    );
  },
);

test("a row factor stands behind the norm: one number for all units moves what a norm would take back", async () => {
  const settings = settingsOf({ batchNorm: true, towerHidden: [] });
  const model = templatedMmoe(settings, { operator: "product", taskFactor: "row" }, schema);
  const [click, buy] = await withProgram(model, "train", async (run) => {
    const before = await run();
    const after = await run(({ views }, parameters) => {
      for (const { name, offset, length } of views)
        if (name.endsWith("task1/scale")) parameters.fill(2, offset, offset + length);
    });
    return movements(before, after);
  });
  expect(Math.min(...buy!)).toBeGreaterThan(1e-2);
  expect(click).toEqual(click!.map(() => 0));
});

test("every number of an expert says which factor it is; norms keep their role", () => {
  const describeAll = (taskFactor: "row" | "full", batchNorm: boolean) => {
    const settings = settingsOf({ batchNorm, expertHidden: [4], experts: 1 });
    const model = templatedMmoe(settings, { operator: "product", taskFactor }, schema);
    return [...model.parameters, ...model.state].flatMap(({ name, role, shape, part }) =>
      part?.kind === "expert"
        ? [`${name} ${shape.join("x")} ${role} ${part.expert} ${part.factor} ${part.task ?? "-"}`]
        : [],
    );
  };
  expect(describeAll("row", true)).toEqual([
    "experts/0/0/weight 5x4 weight 0 global -",
    "experts/0/0/scenario/weight 5x4 weight 0 scenario -",
    "experts/0/0/norm/scale 4 normalisation 0 scenario -",
    "experts/0/0/norm/shift 4 normalisation 0 scenario -",
    "experts/0/0/task0/scale 4 weight 0 task 0",
    "experts/0/0/task0/shift 4 weight 0 task 0",
    "experts/0/0/task1/scale 4 weight 0 task 1",
    "experts/0/0/task1/shift 4 weight 0 task 1",
    "experts/0/0/norm/mean 4 normalisation 0 scenario -",
    "experts/0/0/norm/variance 4 normalisation 0 scenario -",
  ]);
  expect(describeAll("full", false)).toEqual([
    "experts/0/0/weight 5x4 weight 0 global -",
    "experts/0/0/bias 4 weight 0 global -",
    "experts/0/0/scenario/weight 5x4 weight 0 scenario -",
    "experts/0/0/scenario/bias 4 weight 0 scenario -",
    "experts/0/0/task0/weight 5x4 weight 0 task 0",
    "experts/0/0/task0/bias 4 weight 0 task 0",
    "experts/0/0/task1/weight 5x4 weight 0 task 1",
    "experts/0/0/task1/bias 4 weight 0 task 1",
  ]);
});
