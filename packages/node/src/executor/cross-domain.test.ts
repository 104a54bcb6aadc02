import {
  c2dsr,
  crossDomainLayout,
  crossDomainProgram,
  idstCl,
  separateEncoders,
  triCdr,
  type ChunkSizes,
} from "@atoll/core/models/cross-domain";
import { streamOf } from "@atoll/core/random";
import { initialise, jaxExecutor, windows, type Executor, type Program } from "@atoll/core/tensor";
import { describe, expect, test } from "vitest";
import c2dsrCases from "../../../core/src/models/cross-domain/__fixtures__/c2dsr.json" with { type: "json" };
import idstClCases from "../../../core/src/models/cross-domain/__fixtures__/idst-cl.json" with { type: "json" };
import separateEncodersCases from "../../../core/src/models/cross-domain/__fixtures__/separate-encoders.json" with { type: "json" };
import triCdrCases from "../../../core/src/models/cross-domain/__fixtures__/tri-cdr.json" with { type: "json" };
import { crossDomainLaws } from "../../../core/src/models/cross-domain/reference.laws.ts";
import { keptPrograms } from "../../../core/src/tensor/kept-programs.fixture.ts";
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
  profileWidth: 10,
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

async function outputsOf(executor: Executor, program: Program, bound = 1) {
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

const onnx = keptPrograms(onnxExecutor({ intraOpThreads: 1 }));

describe("idst-cl", () => crossDomainLaws(onnx, idstClCases, (own) => idstCl(own as never)));
describe("c2dsr", () => crossDomainLaws(onnx, c2dsrCases, (own) => c2dsr(own as never)));
describe("separate encoders", () =>
  crossDomainLaws(onnx, separateEncodersCases, (own) => separateEncoders(own as never)));
describe("tri-cdr", () => crossDomainLaws(onnx, triCdrCases, (own) => triCdr(own as never)));

const clippedProgram = programOf(true);

test("users of several domains: clipped at a bound that nobody reaches is unclipped", async () => {
  const plain = await outputsOf(onnx, programOf(false));
  const clipped = await outputsOf(onnx, clippedProgram, 1e9);
  expect(Math.min(...(clipped["norms"] as Float32Array))).toBeGreaterThan(1);
  expect(distance(clipped, plain)).toBeLessThan(1e-5);
});

test("users of several domains: clipped as jax-js does", async () => {
  const ours = await outputsOf(onnx, clippedProgram);
  expect(distance(ours, await outputsOf(jaxExecutor(), clippedProgram))).toBeLessThan(3e-5);
});
