import {
  ANY_SIZE,
  type ElementType,
  type GraphBuilder,
  type Value,
} from "../../../tensor/index.ts";

/** ONNX's number of an element type, for casts. */
const TYPE_NUMBERS = { float32: 1, int64: 7, float64: 11 } as const;

/** Operators of ONNX whose shapes follow from their operands. */
export interface Arithmetic {
  readonly add: (a: Value, b: Value) => Value;
  readonly subtract: (a: Value, b: Value) => Value;
  readonly multiply: (a: Value, b: Value) => Value;
  readonly divide: (a: Value, b: Value) => Value;
  readonly power: (a: Value, b: Value) => Value;
  readonly most: (a: Value, b: Value) => Value;
  readonly least: (a: Value, b: Value) => Value;
  readonly less: (a: Value, b: Value) => Value;
  readonly equal: (a: Value, b: Value) => Value;
  readonly both: (a: Value, b: Value) => Value;
  readonly not: (a: Value) => Value;
  /** An operator of one operand that keeps its shape and type: Exp, Neg, Abs, Floor. */
  readonly each: (operator: string, a: Value) => Value;
  readonly where: (condition: Value, yes: Value, no: Value) => Value;
  readonly cast: (a: Value, to: keyof typeof TYPE_NUMBERS) => Value;
  /** Rows of a table [rows, ...] at places [...]. */
  readonly rowsAt: (table: Value, places: Value) => Value;
  /** ReduceSum, ReduceMax or ReduceMin over one axis. */
  readonly reduce: (operator: string, a: Value, axis: number, keep?: boolean) => Value;
  readonly unsqueeze: (a: Value, axis: number) => Value;
  /** In `to`, 0 copies a size and -1 is what is left; `shape` is what comes out. */
  readonly reshape: (a: Value, to: readonly number[], shape: readonly number[]) => Value;
  readonly double: (value: number) => Value;
  readonly integer: (value: number) => Value;
}

export function arithmetic(graph: GraphBuilder): Arithmetic {
  const two = (operator: string, type?: ElementType) => (a: Value, b: Value) =>
    graph.node(operator, [a, b], broadcast(a.shape, b.shape), type ?? a.dtype);
  return {
    add: two("Add"),
    subtract: two("Sub"),
    multiply: two("Mul"),
    divide: two("Div"),
    power: two("Pow"),
    most: two("Max"),
    least: two("Min"),
    less: two("Less", "bool"),
    equal: two("Equal", "bool"),
    both: two("And"),
    not: (a) => graph.node("Not", [a], a.shape, "bool"),
    each: (operator, a) => graph.node(operator, [a], a.shape, a.dtype),
    where: (condition, yes, no) =>
      graph.node(
        "Where",
        [condition, yes, no],
        broadcast(condition.shape, broadcast(yes.shape, no.shape)),
        yes.dtype,
      ),
    cast: (a, to) =>
      graph.node("Cast", [a], a.shape, to, { to: { kind: "int", value: TYPE_NUMBERS[to] } }),
    rowsAt: (table, places) =>
      graph.node(
        "Gather",
        [table, places],
        [...places.shape, ...table.shape.slice(1)],
        table.dtype,
      ),
    reduce: (operator, a, axis, keep = false) =>
      graph.node(
        operator,
        [a, graph.integers([axis])],
        keep ? a.shape.with(axis, 1) : a.shape.toSpliced(axis, 1),
        a.dtype,
        { keepdims: { kind: "int", value: keep ? 1 : 0 } },
      ),
    unsqueeze: (a, axis) =>
      graph.node("Unsqueeze", [a, graph.integers([axis])], a.shape.toSpliced(axis, 0, 1), a.dtype),
    reshape: (a, to, shape) => graph.node("Reshape", [a, graph.integers(to)], shape, a.dtype),
    double: (value) => graph.scalar(value, "float64"),
    integer: (value) => graph.scalar(value, "int64"),
  };
}

/** Sizes as ONNX broadcasts them, aligned at the end; what is not known yet is taken to be more than 1. */
function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, i) => {
    const [x = 1, y = 1] = [a[i - length + a.length], b[i - length + b.length]];
    if (x === 1) return y;
    return x === ANY_SIZE && y !== 1 ? y : x;
  });
}
