import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { jaxExecutor, type Program, type TensorData } from "../../tensor/index.ts";
import { p2fcdrTraining, p2fcdrUsers } from "./p2fcdr.ts";

const fixture = JSON.parse(
  readFileSync(new URL("__fixtures__/p2fcdr.json", import.meta.url), "utf8"),
) as {
  readonly batchSize: number;
  readonly width: number;
  readonly orthogonality: number;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly loss: number;
  readonly fused: readonly number[];
  readonly gradients: Readonly<Record<string, readonly number[]>>;
};

async function run(program: Program) {
  const loaded = await jaxExecutor().load(program);
  return loaded.run(
    Object.fromEntries(
      program.inputs.map(({ name }) => [name, Float32Array.from(fixture.inputs[name]!)]),
    ),
  );
}

const expectNear = (values: TensorData, expected: readonly number[]) => {
  expect(values.length).toBe(expected.length);
  expected.forEach((value, i) => expect(values[i]).toBeCloseTo(value, 4));
};

test("loss and all gradients are PyTorch's, of users that the other domain knows and of others", async () => {
  const program = p2fcdrTraining(fixture);
  const outputs = await run(program);
  expect(outputs["loss"]![0]).toBeCloseTo(fixture.loss, 5);
  expect(program.outputs).toHaveLength(1 + Object.keys(fixture.gradients).length);
  for (const [name, gradient] of Object.entries(fixture.gradients))
    expectNear(outputs[`gradient:${name}`]!, gradient);
});

test("what a user is compared by is PyTorch's too", async () => {
  expectNear((await run(p2fcdrUsers(fixture)))["fused"]!, fixture.fused);
});
