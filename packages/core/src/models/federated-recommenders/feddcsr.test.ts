import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { z } from "zod";
import {
  jaxExecutor,
  parameterLayout,
  type LoadedProgram,
  type TensorData,
} from "../../tensor/index.ts";
import { feddcsr, SHARED } from "./feddcsr.ts";
import { feddcsrStates, feddcsrTraining } from "./feddcsr-programs.ts";
import { feddcsrSettings } from "./feddcsr-settings.ts";

const fixture = JSON.parse(
  readFileSync(new URL("__fixtures__/feddcsr.json", import.meta.url), "utf8"),
) as {
  readonly settings: Readonly<Record<string, number>>;
  readonly users: number;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly loss: number;
  readonly terms: Readonly<Record<string, number>>;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  readonly states: Readonly<Record<"shared" | "exclusive", readonly number[]>>;
};
const settings = z.strictObject(feddcsrSettings).parse(fixture.settings);
const model = feddcsr(settings);
const layout = parameterLayout(model.parameters);
const sizes = { ...settings, users: fixture.users };
const inputs = Object.fromEntries(
  Object.entries(fixture.inputs).map(([name, values]) => [name, Float32Array.from(values)]),
);
const given = (
  names: readonly { readonly name: string }[],
  own: Readonly<Record<string, Float32Array>> = inputs,
) => Object.fromEntries(names.map(({ name }) => [name, own[name]!]));

const program = feddcsrTraining({ model, layout, sizes });
let loaded: LoadedProgram;
let outputs: Record<string, TensorData>;
beforeAll(async () => {
  loaded = await jaxExecutor().load(program);
  outputs = await loaded.run(given(program.inputs));
  return () => loaded.release();
});

const expectNear = (values: TensorData, expected: readonly number[]) => {
  expect(values.length).toBe(expected.length);
  expected.forEach((value, i) => expect(values[i]).toBeCloseTo(value, 4));
};

test("loss and every term are PyTorch's, with padding, a one-event user and an empty place", () => {
  expect(outputs["loss"]![0]).toBeCloseTo(fixture.loss, 4);
  for (const [name, value] of Object.entries(fixture.terms))
    expect([name, outputs[`term:${name}`]![0]!.toFixed(4)]).toEqual([name, value.toFixed(4)]);
  expect(program.outputs.filter(({ name }) => name.startsWith("term:"))).toHaveLength(5);
});

test("gradients of all parameters and rows are PyTorch's", () => {
  expect(Object.keys(fixture.gradients).toSorted()).toEqual(
    program.outputs
      .flatMap(({ name }) => (name.startsWith("gradient:") ? [name.slice(9)] : []))
      .toSorted(),
  );
  for (const [name, gradient] of Object.entries(fixture.gradients))
    expectNear(outputs[`gradient:${name}`]!, gradient);
});

test("representations for scoring are the means at the last position", async () => {
  const states = feddcsrStates({ model, layout, sizes });
  const scoring = await jaxExecutor().load(states);
  const out = await scoring.run(given(states.inputs));
  // The last place is empty: its state is not to be read.
  const read = 3 * settings.width;
  expectNear(out["shared"]!.subarray(0, read), fixture.states.shared.slice(0, read));
  expectNear(out["exclusive"]!.subarray(0, read), fixture.states.exclusive.slice(0, read));
});

test("what lies in an empty place changes nothing", async () => {
  const last = (name: string) => {
    const values = inputs[name]!.slice();
    return values.map((value, i) => (i >= (values.length * 3) / 4 ? 10 * value + 1 : value));
  };
  const other = Object.fromEntries(
    Object.keys(inputs).map((name) => [
      name,
      /^(vectors|noise|global)/.test(name) ? last(name) : inputs[name]!,
    ]),
  );
  const changed = await loaded.run(given(program.inputs, other));
  expect(changed["loss"]![0]).toBeCloseTo(outputs["loss"]![0]!, 5);
  for (const { name } of layout.views) {
    const gradient = `gradient:parameter:${name}`;
    expectNear(changed[gradient]!, [...outputs[gradient]!]);
  }
});

test("shared parameters come first, and are those of the shared encoders", () => {
  const shared = layout.views.map(({ name }) => name.startsWith(SHARED));
  expect(shared.lastIndexOf(true)).toBeLessThan(shared.indexOf(false));
  expect(shared.filter((own) => own)).toHaveLength(2 * (3 + settings.blocks * 16));
});
