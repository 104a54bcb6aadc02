import { elementsOf, type GraphBuilder } from "../onnx/builder.ts";
import { elements, sameShape, type Value } from "../onnx/graph.ts";
import type { Fusion } from "../onnx/rewrite.ts";
import { inputsOf, outputOf, pairsOf, reshaped, scalarOf, source } from "./match.ts";

/** A score below this is meant to have probability zero. */
const SURELY_MASKED = -1e4;

/** Adding this or less to a score leaves nothing of the score: its last digit is worth 64. */
const DROWNS_SCORES = -1e9;

/** exp(-80) = 2e-35: nothing to a sum of probabilities, and no denormal number. */
const FLOOR = 80;

/** Between the floor and the probabilities that count. */
const NOTHING = 1e-30;

/**
 * Softmax of x along an axis. Where scores are masked by a large negative number, ONNX Runtime would
 * write a denormal number for each, and computing with those takes ten times as long. So entries stop
 * at 80 below the largest of their row, and what is next to nothing afterwards is set to zero. A row
 * that is masked throughout stays as it was: all entries alike.
 */
export function softmaxOf(graph: GraphBuilder, x: Value, axis: number): Value {
  const before = source(graph, x);
  const isLast = axis === x.shape.length - 1 && before.shape.at(-1) === x.shape.at(-1);
  const own = isLast ? before.shape.length - 1 : axis;
  const scores =
    isLast || sameShape(before.shape, x.shape) ? maskedScores(graph, before, own) : undefined;
  if (scores === undefined) return softmaxNode(graph, x, axis);
  return reshaped(graph, flooredSoftmax(graph, scores, own), x.shape);
}

function softmaxNode(graph: GraphBuilder, x: Value, axis: number): Value {
  return graph.node("Softmax", [x], x.shape, x.dtype, { axis: { kind: "int", value: axis } });
}

function flooredSoftmax(graph: GraphBuilder, scores: Value, axis: number): Value {
  const { dtype, shape } = scores;
  const rows = shape.map((size, i) => (i === axis ? 1 : size));
  const largest = graph.node("ReduceMax", [scores, graph.integers([axis])], rows, dtype, {
    keepdims: { kind: "int", value: 1 },
  });
  const ones = rows.map(() => 1);
  const distance = graph.constant(elementsOf("float32", [FLOOR]), ones, "float32");
  const floor = graph.node("Sub", [largest, distance], rows, dtype);
  const raised = graph.node("Max", [scores, floor], shape, dtype);
  return graph.node("ThresholdedRelu", [softmaxNode(graph, raised, axis)], shape, dtype, {
    alpha: { kind: "float", value: NOTHING },
  });
}

/** x, if scores in it are masked: by a choice, which becomes a sum where it can, or by a sum. */
function maskedScores(graph: GraphBuilder, x: Value, axis: number): Value | undefined {
  const chosen = inputsOf(graph, x, "Where");
  if (chosen !== undefined) return filledScores(graph, x, chosen, axis);
  return isMaskedSum(graph, x) ? x : undefined;
}

/** where(mask, scores, fill): by adding, for ONNX Runtime's Where uses one thread. */
function filledScores(
  graph: GraphBuilder,
  x: Value,
  inputs: readonly Value[],
  axis: number,
): Value | undefined {
  const [mask, scores, fill] = [inputs[0]!, inputs[1]!, inputs[2]!];
  const value = scalarOf(graph, fill);
  if (value === undefined || value > SURELY_MASKED) return undefined;
  const alike = value <= DROWNS_SCORES || hasTrueInEveryRow(graph, mask, x.shape, axis);
  if (!alike || !isSmall(mask, x)) return x;
  const zero = graph.scalar(0, "float32");
  const offset = graph.node("Where", [mask, zero, fill], mask.shape, "float32");
  return graph.node("Add", [scores, offset], x.shape, x.dtype);
}

function isSmall(mask: Value, x: Value): boolean {
  return elements(mask.shape) * 2 <= elements(x.shape);
}

/** Whether x is a sum of scores and a small mask of zeros and large negative numbers. */
function isMaskedSum(graph: GraphBuilder, x: Value): boolean {
  return pairsOf(graph, source(graph, x), "Add").some(
    ([scores, mask]) =>
      isSmall(mask, x) && (isMask(graph, source(graph, mask)) || isMaskedSum(graph, scores)),
  );
}

function isMask(graph: GraphBuilder, mask: Value): boolean {
  const data = graph.constantData(mask);
  if (data !== undefined) return data.some((value) => value <= SURELY_MASKED);
  return pairsOf(graph, mask, "Mul").some(
    ([, factor]) => Math.abs(scalarOf(graph, factor) ?? 0) >= -SURELY_MASKED,
  );
}

/** Whether a constant mask, which broadcasts to `shape`, leaves an entry open in every row. */
function hasTrueInEveryRow(
  graph: GraphBuilder,
  mask: Value,
  shape: readonly number[],
  axis: number,
): boolean {
  const data = graph.constantData(mask);
  const own = axis - shape.length + mask.shape.length;
  if (data === undefined || own < 0) return false;
  const inner = elements(mask.shape.slice(own + 1));
  const size = mask.shape[own]!;
  const open = new Set<number>();
  for (const [i, value] of data.entries())
    if (value !== 0) open.add(Math.floor(i / (inner * size)) * inner + (i % inner));
  return open.size === data.length / size;
}

/**
 * The gradient of scores masked by a choice, where(mask, p g', 0) for their softmax p: zero already
 * where p is, which leaves rows that are masked throughout. A constant mask without such a row needs
 * nothing, any other a product.
 */
export const maskedGradient: Fusion = ({ graph, node }) => {
  if (node.operator !== "Where" || scalarOf(graph, node.inputs[2]!) !== 0) return undefined;
  const [mask, gradient] = [node.inputs[0]!, node.inputs[1]!];
  const { shape, dtype } = outputOf(node);
  if (!isSmall(mask, gradient)) return undefined;
  for (const [p] of pairsOf(graph, source(graph, gradient), "Mul")) {
    const softmax = inputsOf(graph, source(graph, p), "ThresholdedRelu")?.[0];
    const producer = softmax && graph.producer(softmax);
    const axis = producer?.attributes["axis"];
    if (axis?.kind !== "int" || !sameShape(softmax!.shape, shape)) continue;
    if (!isMaskedBy(graph, producer!.inputs[0]!, mask)) continue;
    if (hasTrueInEveryRow(graph, mask, shape, axis.value)) return [gradient];
    const to = { to: { kind: "int", value: 1 } } as const;
    const open = graph.node("Cast", [mask], mask.shape, dtype, to);
    return [graph.node("Mul", [gradient, open], shape, dtype)];
  }
  return undefined;
};

/** Whether `raised`, what a floored softmax reads, comes from scores that this mask chose. */
function isMaskedBy(graph: GraphBuilder, raised: Value, mask: Value): boolean {
  return pairsOf(graph, raised, "Max").some(([scores]) => {
    if (inputsOf(graph, scores, "Where")?.[0] === mask) return true;
    return pairsOf(graph, scores, "Add").some(
      ([, offset]) => inputsOf(graph, offset, "Where")?.[0] === mask,
    );
  });
}
