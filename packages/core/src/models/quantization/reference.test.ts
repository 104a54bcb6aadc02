import { describe, expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { jaxExecutor, windows } from "../../tensor/index.ts";
import fixtures from "./__fixtures__/rq-vae.json" with { type: "json" };
import { countUses, moveToAverages } from "./codebook.ts";
import { rqVaeConfig, type RqVaeConfig } from "./config.ts";
import { createLearned } from "./learned.ts";
import { codebookName, rqVaeNetwork } from "./network.ts";
import { encodeProgram, stepProgram } from "./program.ts";

type Case = (typeof fixtures.cases)[number];

const { inputs, batch } = fixtures;
const given: Readonly<Record<string, readonly number[]>> = fixtures.parameters;

function configOf({ residual, update, lastLevel }: Case): RqVaeConfig {
  return rqVaeConfig.parse({
    ...fixtures.config,
    batchSize: batch,
    residual,
    update: { kind: update },
    lastLevel:
      lastLevel === "sinkhorn" ? { kind: lastLevel, ...fixtures.sinkhorn } : { kind: lastLevel },
  });
}

/** The network of a case, with the reference's numbers. */
function prepared(example: Case) {
  const config = configOf(example);
  const network = rqVaeNetwork(inputs, config);
  const learned = createLearned(network, config, streamOf(1));
  const parameters = windows(network.layout, learned.parameters, "parameter");
  for (const [name, values] of Object.entries(given)) parameters[`parameter:${name}`]!.set(values);
  for (const { rows, sums } of learned.codebooks) sums.set(rows);
  const x = Float32Array.from(fixtures.x);
  return { shape: { network, config, inputs }, learned, runInputs: { x, ...parameters } };
}

function expectClose(got: ArrayLike<number>, expected: readonly number[], what: string) {
  expect(got.length, what).toBe(expected.length);
  for (const [i, value] of expected.entries())
    expect(Math.abs(got[i]! - value), `${what} ${i}`).toBeLessThan(2e-6);
}

describe.each(fixtures.cases)("$residual, $update, $lastLevel", (example) => {
  test("losses, codes and gradients of a step are those of PyTorch", async () => {
    const { shape, learned, runInputs } = prepared(example);
    const program = stepProgram(shape);
    const loaded = await jaxExecutor().load(program);
    const got = await loaded.run(runInputs);
    await loaded.release();
    for (const name of ["loss", "reconstruction", "commitment"] as const)
      expect(got[name]![0], name).toBeCloseTo(example[name], 6);
    const { levels, decay } = shape.config;
    for (let level = 0; level < levels; level++) {
      const codes = example.codes.filter((_, at) => at % levels === level);
      expect([...got[`codes:${level}`]!]).toEqual(codes);
    }
    const gradients: Readonly<Record<string, readonly number[] | undefined>> = example.gradients;
    const learnedNames = program.outputs
      .map(({ name }) => name)
      .filter((name) => name.startsWith("gradient:"));
    // By moving averages, codebooks have no gradient here, and none there.
    expect(learnedNames.length).toBe(Object.keys(gradients).length);
    for (const name of learnedNames)
      expectClose(got[name]!, gradients[name.slice("gradient:parameter:".length)]!, name);
    // The moving averages of the same step.
    learned.codebooks.forEach((codebook, level) => {
      const used = {
        codes: Int32Array.from(got[`codes:${level}`]!),
        residuals: Float32Array.from(got[`residual:${level}`]!),
      };
      countUses(codebook, used, decay);
      moveToAverages(codebook, fixtures.epsilon);
      const expected = example.averages[level]!;
      for (const name of ["counts", "sums", "rows"] as const)
        expectClose(codebook[name], expected[name], `${codebookName(level)} ${name}`);
    });
  });
});

test("scoring gives the nearest codes and PyTorch's reconstruction of them", async () => {
  const example = fixtures.cases.find(({ lastLevel }) => lastLevel === "nearest")!;
  const sinkhorn = fixtures.cases.find(
    ({ lastLevel, codes }) => lastLevel === "sinkhorn" && codes.join() !== example.codes.join(),
  )!;
  for (const { shape, runInputs } of [prepared(example), prepared(sinkhorn)]) {
    const loaded = await jaxExecutor().load(encodeProgram(shape));
    const got = await loaded.run(runInputs);
    await loaded.release();
    expectClose(got["restored"]!, example.restored, "restored");
  }
});
