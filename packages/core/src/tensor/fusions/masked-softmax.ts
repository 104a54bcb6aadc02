import { elementsOf, type GraphBuilder } from "../onnx/builder.ts";
import { elements, sameShape, type Value } from "../onnx/graph.ts";
import type { Fusion } from "../onnx/rewrite.ts";
import { inputsOf, outputOf, pairsOf, reshaped, scalarOf, source } from "./match.ts";

/** A fill below this is meant to give probability zero. */
const SURELY_MASKED = -1e4;

/** Adding this or less to a score leaves nothing of the score: its last digit is worth 64. */
const DROWNS_SCORES = -1e9;

/** exp(-80) = 2e-35: nothing to a sum of probabilities, and no denormal number. */
const FLOOR = 80;

/** scores where `mask` is true, and `fill` elsewhere. */
interface Masked {
  readonly mask: Value;
  readonly scores: Value;
  readonly fill: Value;
}

/**
 * Softmax of x along an axis. Where x = where(mask, scores, fill), ONNX Runtime would write a denormal
 * number for every masked entry, and computing with those takes ten times as long. So entries stop at
 * 80 below the largest, and the masked ones are set to zero afterwards. A row that is masked throughout
 * stays as it was: all entries alike.
 */
export function softmaxOf(graph: GraphBuilder, x: Value, axis: number): Value {
  const before = source(graph, x);
  const masked = maskedScores(graph, before);
  const isLast = axis === x.shape.length - 1 && before.shape.at(-1) === x.shape.at(-1);
  if (masked === undefined || !(isLast || sameShape(before.shape, x.shape)))
    return softmaxNode(graph, x, axis);
  const own = isLast ? before.shape.length - 1 : axis;
  return reshaped(graph, maskedSoftmax(graph, before, masked, own), x.shape);
}

function maskedSoftmax(graph: GraphBuilder, x: Value, masked: Masked, axis: number): Value {
  const { dtype, shape } = x;
  const scores = filled(graph, masked, x, axis);
  const along = graph.integers([axis]);
  const keepdims = { keepdims: { kind: "int", value: 1 } } as const;
  const rows = shape.map((size, i) => (i === axis ? 1 : size));
  const largest = graph.node("ReduceMax", [scores, along], rows, dtype, keepdims);
  const distance = graph.constant(
    elementsOf("float32", [FLOOR]),
    rows.map(() => 1),
    "float32",
  );
  const floor = graph.node("Sub", [largest, distance], rows, dtype);
  const raised = graph.node("Max", [scores, floor], shape, dtype);
  const kept = keptEntries(graph, masked.mask, shape, axis);
  return graph.node("Mul", [softmaxNode(graph, raised, axis), kept], shape, dtype);
}

function softmaxNode(graph: GraphBuilder, x: Value, axis: number): Value {
  return graph.node("Softmax", [x], x.shape, x.dtype, { axis: { kind: "int", value: axis } });
}

function maskedScores(graph: GraphBuilder, x: Value): Masked | undefined {
  const inputs = inputsOf(graph, x, "Where");
  if (inputs === undefined) return undefined;
  const [mask, scores, fill] = [inputs[0]!, inputs[1]!, inputs[2]!];
  const value = scalarOf(graph, fill);
  const smaller = elements(mask.shape) * 2 <= elements(x.shape);
  return value !== undefined && value <= SURELY_MASKED && smaller
    ? { mask, scores, fill }
    : undefined;
}

/** The filled scores, by adding where that comes to the same: ONNX Runtime's Where uses one thread. */
function filled(
  graph: GraphBuilder,
  { mask, scores, fill }: Masked,
  x: Value,
  axis: number,
): Value {
  const drowned = scalarOf(graph, fill)! <= DROWNS_SCORES;
  if (!drowned && !hasTrueInEveryRow(graph, mask, x.shape, axis)) return x;
  const zero = graph.scalar(0, "float32");
  const offset = graph.node("Where", [mask, zero, fill], mask.shape, "float32");
  return graph.node("Add", [scores, offset], x.shape, x.dtype);
}

/** 1 where the mask is true or its whole row false, else 0. */
function keptEntries(
  graph: GraphBuilder,
  mask: Value,
  shape: readonly number[],
  axis: number,
): Value {
  const to = { to: { kind: "int", value: 1 } } as const;
  const open = graph.node("Cast", [mask], mask.shape, "float32", to);
  if (hasTrueInEveryRow(graph, mask, shape, axis)) return open;
  const own = axis - shape.length + mask.shape.length;
  const rows = mask.shape.map((size, i) => (i === own ? 1 : size));
  const any = graph.node("ReduceMax", [open, graph.integers([own])], rows, "float32", {
    keepdims: { kind: "int", value: 1 },
  });
  const one = graph.constant(
    elementsOf("float32", [1]),
    rows.map(() => 1),
    "float32",
  );
  const none = graph.node("Sub", [one, any], rows, "float32");
  return graph.node("Max", [open, none], mask.shape, "float32");
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
 * The gradient of masked scores, where(mask, p g', 0) for the masked softmax p: zero already where p is,
 * which leaves rows that are masked throughout. A constant mask has none, else one product remains.
 */
export const maskedGradient: Fusion = ({ graph, node }) => {
  if (node.operator !== "Where" || scalarOf(graph, node.inputs[2]!) !== 0) return undefined;
  const [mask, gradient] = [node.inputs[0]!, node.inputs[1]!];
  const { shape, dtype } = outputOf(node);
  for (const [p] of pairsOf(graph, source(graph, gradient), "Mul"))
    for (const [softmax, kept] of pairsOf(graph, source(graph, p), "Mul")) {
      const axis = graph.producer(softmax)?.attributes["axis"];
      if (graph.producer(softmax)?.operator !== "Softmax" || axis?.kind !== "int") continue;
      if (!sameShape(softmax.shape, shape)) continue;
      if (keptEntries(graph, mask, shape, axis.value) !== kept) continue;
      if (hasTrueInEveryRow(graph, mask, shape, axis.value)) return [gradient];
      const to = { to: { kind: "int", value: 1 } } as const;
      const open = graph.node("Cast", [mask], mask.shape, dtype, to);
      return [graph.node("Mul", [gradient, open], shape, dtype)];
    }
  return undefined;
};
