import {
  crossDomainLayout,
  crossDomainProgram,
  idstCl,
  type ChunkSizes,
} from "@atoll/core/models/cross-domain";
import { streamOf } from "@atoll/core/random";
import { initialise, jaxExecutor, windows, type Executor } from "@atoll/core/tensor";
import { expect, test } from "vitest";
import { onnxExecutor } from "./onnx-executor.ts";

/** Wide enough for norms of single users without their gradients (`productSquares`). */
const sizes: ChunkSizes = {
  users: 3,
  domains: 2,
  length: 6,
  domainLength: 5,
  targets: 7,
  own: 9,
  negatives: 4,
  width: 16,
  publicWidth: 20,
  learnedRows: true,
  requestNumbers: 2,
  augmented: true,
};
const model = idstCl({
  encoders: "triple",
  blocks: 1,
  heads: 2,
  dropout: 0.2,
  head: "product",
  idra: { weight: 0.3, margin: 0.5 },
  cdrd: { weight: 0.5, temperature: 0.2 },
});
const layout = crossDomainLayout(model, sizes, { learnedRequest: [1, 5] });
const programOf = (clipped: boolean) =>
  crossDomainProgram({
    model,
    sizes,
    layout,
    loss: "sampled-softmax",
    request: "learned",
    clipped,
  });

/** Places from -1 on for what says where things are, 0 or 1 for what is there, else numbers near 0. */
function valueOf(name: string, i: number): number {
  const wave = Math.sin(1 + 0.77 * i);
  switch (name) {
    case "merged":
    case "domains":
    case "augmented":
    case "shuffled":
    case "targetAt":
      return (i * 5) % 9;
    case "stateAt":
    case "domainStateAt":
      return (i % 6) - 1;
    case "targetDomain":
      return Math.floor(i / sizes.targets) % 2 === i % 2 ? 1 : 0;
    case "present":
    case "negativePresent":
      return 1;
    case "weight":
      return 0.1;
    default:
      return name.startsWith("dropout:") ? (i % 5 > 0 ? 1.25 : 0) : 0.3 * wave;
  }
}

async function outputsOf(executor: Executor, clipped: boolean, bound: number) {
  const program = programOf(clipped);
  const given = windows(layout, initialise(layout, streamOf(3, "test")), "parameter");
  const loaded = await executor.load(program);
  const inputs = program.inputs.map(({ name, shape }) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const values = () => Float32Array.from({ length }, (_, i) => valueOf(name, i));
    return [name, name === "bound" ? Float32Array.of(bound) : (given[name] ?? values())] as const;
  });
  const outputs = await loaded.run(Object.fromEntries(inputs));
  await loaded.release();
  return outputs;
}

type Outputs = Awaited<ReturnType<typeof outputsOf>>;

const most = (values: ArrayLike<number>) =>
  Array.from(values).reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);

/**
 * The largest distance of any output, relative to its largest entry; gradients that are nothing but rounding
 * (of the bias of keys) relative to a hundredth of the largest gradient.
 */
function distance(actual: Outputs, expected: Outputs): number {
  const names = Object.keys(expected);
  const gradients = names.filter((name) => name.startsWith("gradient:"));
  const least = 0.01 * Math.max(...gradients.map((name) => most(expected[name]!)));
  return Math.max(
    ...names.map((name) => {
      const entries = Array.from(expected[name]!);
      return most(entries.map((x, i) => actual[name]![i]! - x)) / Math.max(most(entries), least);
    }),
  );
}

const onnx = onnxExecutor({ intraOpThreads: 1 });

test("users of several domains: clipped at a bound that nobody reaches is unclipped", async () => {
  const [plain, clipped] = [await outputsOf(onnx, false, 1), await outputsOf(onnx, true, 1e9)];
  expect(Math.min(...(clipped["norms"] as Float32Array))).toBeGreaterThan(1);
  expect(distance(clipped, plain)).toBeLessThan(1e-5);
});

test("users of several domains: clipped as jax-js does", async () => {
  const [ours, theirs] = [await outputsOf(onnx, true, 1), await outputsOf(jaxExecutor(), true, 1)];
  expect(distance(ours, theirs)).toBeLessThan(3e-5);
});
