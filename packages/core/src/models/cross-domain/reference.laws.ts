import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Executor, Program } from "../../tensor/index.ts";
import { crossDomainLayout } from "./layout.ts";
import { crossDomainProgram } from "./program.ts";
import { itemProgram, pairProgram, queryProgram } from "./scoring-programs.ts";
import type { CrossDomainModel } from "./types.ts";

const vector = z.array(z.number());
const named = z.record(z.string(), vector);

/** One case of a script that stands on benchmarks/reference/cross_domain.py. */
const referenceCase = z.strictObject({
  settings: z.looseObject({}),
  loss: z.enum(["sampled-softmax", "bce"]),
  request: z.enum(["none", "fixed", "learned"]),
  sizes: z.strictObject({
    users: z.number(),
    domains: z.number(),
    length: z.number(),
    domainLength: z.number(),
    targets: z.number(),
    own: z.number(),
    negatives: z.number(),
    width: z.number(),
    publicWidth: z.number(),
    learnedRows: z.boolean(),
    profileWidth: z.number(),
    requestNumbers: z.number(),
    augmented: z.boolean(),
  }),
  parameters: named,
  inputs: named,
  expected: z.strictObject({
    userLoss: vector,
    terms: z.record(z.string(), z.number()),
    norms: vector,
    gradients: named,
    queries: z.array(vector),
    representations: z.array(vector),
    pairs: z.array(vector),
  }),
});

export type CrossDomainCase = z.infer<typeof referenceCase>;

export function crossDomainCases(fixtures: unknown): readonly CrossDomainCase[] {
  return z.object({ cases: z.array(referenceCase) }).parse(fixtures).cases;
}

export type BuildModel = (settings: CrossDomainCase["settings"]) => CrossDomainModel;

/** The programs of a case and all that they may read. */
export function loadCase(example: CrossDomainCase, build: BuildModel) {
  const { sizes, loss, request, parameters, inputs } = example;
  const model = build(example.settings);
  const layout = crossDomainLayout(model, sizes, {
    ...(request === "learned" && { learnedRequest: Array<number>(sizes.requestNumbers).fill(1) }),
  });
  const data: Record<string, readonly number[]> = { ...inputs };
  for (const [name, values] of Object.entries(parameters)) data[`parameter:${name}`] = values;
  const programOf = (clipped: boolean) =>
    crossDomainProgram({ model, sizes, layout, loss, request, clipped });
  return { model, layout, sizes, data, programOf };
}

/** Runs a program once with those of the data that it reads. */
async function runOn(
  executor: Executor,
  program: Program,
  data: Readonly<Record<string, ArrayLike<number>>>,
): Promise<Record<string, number[]>> {
  const loaded = await executor.load(program);
  const outputs = await loaded.run(
    Object.fromEntries(program.inputs.map(({ name }) => [name, Float32Array.from(data[name]!)])),
  );
  await loaded.release();
  return Object.fromEntries(
    Object.entries(outputs).map(([name, values]) => [name, Array.from(values)]),
  );
}

/** Largest distance of two lists, relative to the largest entry where that is above 1. */
export function distance(actual: readonly number[], expected: readonly number[]): number {
  expect(actual).toHaveLength(expected.length);
  const scale = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
  return expected.reduce((most, x, i) => Math.max(most, Math.abs(actual[i]! - x)), 0) / scale;
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/**
 * Every case of a file that benchmarks/reference wrote: losses, terms, gradients, norms, queries and
 * representations are PyTorch's, which reads users one by one and without padding.
 */
export function crossDomainLaws(executor: Executor, fixtures: unknown, build: BuildModel): void {
  const runOnce = (program: Program, data: Readonly<Record<string, ArrayLike<number>>>) =>
    runOn(executor, program, data);
  const cases = crossDomainCases(fixtures).map((example) => ({
    example,
    title: `${JSON.stringify(example.settings)}, ${example.sizes.domains} domains, ${example.loss}, request ${example.request}`,
  }));
  describe.each(cases)("as PyTorch: $title", ({ example }) => {
    const { expected } = example;
    const { model, layout, sizes, data, programOf } = loadCase(example, build);

    test("losses, terms and gradients; a place without a user counts for nothing", async () => {
      const outputs = await runOnce(programOf(false), data);
      expect(layout.views.map(({ name }) => name).toSorted()).toEqual(
        Object.keys(example.parameters).toSorted(),
      );
      expect(distance(outputs["userLoss"]!, [...expected.userLoss, 0])).toBeLessThan(5e-6);
      expect(distance(outputs["loss"]!, [sum(expected.userLoss)])).toBeLessThan(5e-6);
      expect(Object.keys(outputs).filter((name) => name.startsWith("term:"))).toEqual(
        Object.keys(expected.terms).map((name) => `term:${name}`),
      );
      for (const [name, term] of Object.entries(expected.terms))
        expect(distance(outputs[`term:${name}`]!, [term]), name).toBeLessThan(5e-6);
      for (const [name, gradient] of Object.entries(expected.gradients)) {
        const kind = name.endsWith("Rows") ? name : `parameter:${name}`;
        expect(distance(outputs[`gradient:${kind}`]!, gradient), name).toBeLessThan(5e-6);
      }
    });

    test.runIf(model.crossUser !== true)("norms of single users' gradients", async () => {
      const outputs = await runOnce(programOf(true), { ...data, bound: [1e9] });
      expect(distance(outputs["norms"]!, [...expected.norms, 0])).toBeLessThan(5e-6);
    });

    test("queries, representations and scores of what comes next", async () => {
      const { queries, representations } = await runOnce(
        queryProgram({ model, sizes, layout }),
        data,
      );
      const users = expected.queries.length;
      const size = expected.queries[0]!.length;
      expect(distance(queries!.slice(0, users * size), expected.queries.flat())).toBeLessThan(5e-6);
      const states = expected.representations.flat();
      expect(distance(representations!.slice(0, states.length), states)).toBeLessThan(5e-6);

      const { domains, negatives, width, publicWidth } = sizes;
      const { vectors } = await runOnce(
        itemProgram({ sizes, layout, items: sizes.users * domains * negatives }),
        { ...data, public: data["negatives"] ?? [], rows: data["negativeRows"] ?? [] },
      );
      expect(publicWidth > 0 || sizes.learnedRows).toBe(true);
      const queryWidth = model.head.queryWidth(sizes);
      const query = (u: number) => queries!.slice(u * size + queryWidth).slice(0, queryWidth);
      const candidates = (u: number) =>
        vectors!.slice((u * domains + 1) * negatives * width).slice(0, negatives * width);
      const all = Array.from({ length: sizes.users }, (_, u) => u);
      const logits =
        model.head.kind === "product"
          ? all.flatMap((u) =>
              Array.from({ length: negatives }, (_, k) =>
                sum(query(u).map((x, i) => x * candidates(u)[k * width + i]!)),
              ),
            )
          : (
              await runOnce(
                pairProgram({ model, sizes, layout, domain: 1, candidates: negatives }),
                {
                  ...data,
                  queries: all.flatMap(query),
                  vectors: all.flatMap(candidates),
                },
              )
            )["logits"]!;
      const pairs = expected.pairs.flat();
      expect(distance(logits.slice(0, pairs.length), pairs)).toBeLessThan(5e-6);
    });
  });
}
