import {
  FIRST_VALUE_ROW,
  OUT_OF_VOCABULARY_ROW,
  PADDING_ROW,
  type Derivation,
  type Encoder,
} from "../../data/index.ts";
import { ANY_SIZE, type GraphBuilder, type Value } from "../../tensor/index.ts";

type TimePart = Extract<Derivation, { readonly kind: "time-part" }>["part"];

const ONE_ROW = [ANY_SIZE];

/** The values of a feature's vocabulary with their table rows, as one client writes them. */
export function vocabularyRows(
  { vocabularies, apart }: Encoder,
  client: string,
  table: string,
): readonly (readonly [value: string, row: number])[] {
  const values = vocabularies[table] ?? [];
  const isApart = apart.includes(table);
  return values.flatMap((listed, i): [string, number][] => {
    if (!isApart) return [[listed, FIRST_VALUE_ROW + i]];
    const [owner, value] = JSON.parse(listed) as [string, string];
    return owner === client ? [[value, FIRST_VALUE_ROW + i]] : [];
  });
}

interface Labels {
  readonly keys: readonly string[];
  readonly rows: readonly number[];
  readonly fallback: number;
}

/** A number for each text, of the same shape. */
export function labels(graph: GraphBuilder, text: Value, { keys, rows, fallback }: Labels): Value {
  // An encoder has at least one key; nothing reads as this one, which stands for the fallback anyway.
  const given = keys.length === 0 ? { keys: ["\u0000"], rows: [fallback] } : { keys, rows };
  return graph.node("LabelEncoder", [text], text.shape, "int64", {
    keys_strings: { kind: "strings", value: given.keys },
    values_int64s: { kind: "ints", value: given.rows },
    default_int64: { kind: "int", value: fallback },
  });
}

/** Table rows of texts: "" is missing, or where a list has no more values, padding. */
export function rowsOfTexts(
  graph: GraphBuilder,
  text: Value,
  {
    rows,
    empty,
  }: {
    readonly rows: readonly (readonly [string, number])[];
    readonly empty: "missing" | "padding";
  },
): Value {
  const entries = rows.filter(([value]) => value !== "");
  const blank = empty === "padding" ? [["", PADDING_ROW] as const] : [];
  const all = [...entries, ...blank];
  return labels(graph, text, {
    keys: all.map(([value]) => value),
    rows: all.map(([, row]) => row),
    fallback: OUT_OF_VOCABULARY_ROW,
  });
}

/** Table rows of values of several columns together: mixed-radix numbers of their codes. */
export function rowsOfCross(
  graph: GraphBuilder,
  texts: readonly Value[],
  rows: readonly (readonly [string, number])[],
): Value {
  const combinations = rows.map(
    ([listed, row]) => [JSON.parse(listed) as (string | null)[], row] as const,
  );
  const values = texts.map((_, c) => [
    ...new Set(combinations.map(([parts]) => parts[c] ?? "").filter((part) => part !== "")),
  ]);
  // Of each column: 0 is missing, then its values, then everything else.
  const sizes = values.map((own) => own.length + 2);
  const strides = sizes.map((_, c) => sizes.slice(0, c).reduce((a, b) => a * b, 1));
  const codes = texts.map((text, c) =>
    labels(graph, text, {
      keys: ["", ...values[c]!],
      rows: ["", ...values[c]!].map((_, code) => code),
      fallback: values[c]!.length + 1,
    }),
  );
  const places = values.map((own) => new Map(own.map((value, i) => [value, i + 1])));
  const combined = codes
    .map((code, c) =>
      graph.node("Mul", [code, graph.scalar(strides[c]!, "int64")], ONE_ROW, "int64"),
    )
    .reduce((a, b) => graph.node("Add", [a, b], ONE_ROW, "int64"));
  const known = combinations.map(([parts, row]) => [
    parts.reduce((sum, part, c) => sum + strides[c]! * (places[c]!.get(part ?? "") ?? 0), 0),
    row,
  ]);
  if (known.length === 0) known.push([0, OUT_OF_VOCABULARY_ROW]);
  return graph.node("LabelEncoder", [combined], ONE_ROW, "int64", {
    keys_int64s: { kind: "ints", value: known.map(([key]) => key!) },
    values_int64s: { kind: "ints", value: known.map(([, row]) => row!) },
    default_int64: { kind: "int", value: OUT_OF_VOCABULARY_ROW },
  });
}

/** Table rows of numbers by how many edges lie below them; of none, out of vocabulary. */
export function rowsOfQuantiles(
  graph: GraphBuilder,
  number: Value,
  edges: readonly number[],
): Value {
  const isMissing = graph.node("IsNaN", [number], ONE_ROW, "bool");
  const unknown = graph.scalar(OUT_OF_VOCABULARY_ROW, "int64");
  const first = graph.scalar(FIRST_VALUE_ROW, "int64");
  if (edges.length === 0) return graph.node("Where", [isMissing, unknown, first], ONE_ROW, "int64");
  const column = graph.node("Unsqueeze", [number, graph.integers([1])], [ANY_SIZE, 1], "float64");
  const bounds = graph.constant(Float64Array.from(edges), [1, edges.length], "float64");
  const wide = [ANY_SIZE, edges.length];
  const below = graph.node("Less", [bounds, column], wide, "bool");
  const ones = graph.node("Cast", [below], wide, "int64", { to: { kind: "int", value: 7 } });
  const count = graph.node("ReduceSum", [ones, graph.integers([1])], ONE_ROW, "int64", {
    keepdims: { kind: "int", value: 0 },
  });
  const row = graph.node("Add", [count, first], ONE_ROW, "int64");
  return graph.node("Where", [isMissing, unknown, row], ONE_ROW, "int64");
}

const DAY_SECONDS = 86_400;
const PARTS: Readonly<Record<TimePart, number>> = { hour: 24, weekday: 7, weekend: 2, month: 13 };

/** Table rows of a part of seconds since 1970; of none, out of vocabulary. */
export function rowsOfTimePart(
  graph: GraphBuilder,
  seconds: Value,
  {
    part,
    rows,
  }: { readonly part: TimePart; readonly rows: readonly (readonly [string, number])[] },
): Value {
  const float = (operator: string, inputs: readonly Value[]) =>
    graph.node(operator, inputs, ONE_ROW, "float64");
  const number = (value: number) => graph.scalar(value, "float64");
  const whole = (operator: string, inputs: readonly Value[]) =>
    graph.node(operator, inputs, ONE_ROW, "int64");
  const integer = (value: number) => graph.scalar(value, "int64");
  const isFinite = graph.node("Less", [float("Abs", [seconds]), number(Infinity)], ONE_ROW, "bool");
  const known = float("Where", [isFinite, seconds, number(0)]);
  const toInteger = (value: Value) =>
    graph.node("Cast", [value], ONE_ROW, "int64", { to: { kind: "int", value: 7 } });
  const dayNumber = float("Floor", [float("Div", [known, number(DAY_SECONDS)])]);
  const day = toInteger(dayNumber);
  const weekday = () => whole("Mod", [whole("Add", [day, integer(3)]), integer(7)]);
  const value = () => {
    switch (part) {
      case "hour": {
        const ofDay = float("Sub", [known, float("Mul", [dayNumber, number(DAY_SECONDS)])]);
        return toInteger(float("Floor", [float("Div", [ofDay, number(3600)])]));
      }
      case "weekday":
        return weekday();
      case "weekend": {
        const isWeekend = graph.node("Less", [integer(4), weekday()], ONE_ROW, "bool");
        return graph.node("Cast", [isWeekend], ONE_ROW, "int64", {
          to: { kind: "int", value: 7 },
        });
      }
      case "month":
        return monthOf(whole, integer, day);
    }
  };
  const rowOf = new Map(rows);
  const table = graph.integers(
    Array.from({ length: PARTS[part] }, (_, i) => rowOf.get(String(i)) ?? OUT_OF_VOCABULARY_ROW),
  );
  const row = graph.node("Gather", [table, value()], ONE_ROW, "int64");
  return graph.node("Where", [isFinite, row, integer(OUT_OF_VOCABULARY_ROW)], ONE_ROW, "int64");
}

/** The month, 1..12, of a day counted from 1970-01-01, in integers as `derive` has it. */
function monthOf(
  whole: (operator: string, inputs: readonly Value[]) => Value,
  integer: (value: number) => Value,
  day: Value,
): Value {
  const over = (a: Value, b: number) => whole("Div", [a, integer(b)]);
  const dayOfEra = whole("Mod", [whole("Add", [day, integer(719_468)]), integer(146_097)]);
  const inYears = whole("Sub", [
    whole("Add", [whole("Sub", [dayOfEra, over(dayOfEra, 1460)]), over(dayOfEra, 36_524)]),
    over(dayOfEra, 146_096),
  ]);
  const year = over(inYears, 365);
  const daysBefore = whole("Sub", [
    whole("Add", [whole("Mul", [year, integer(365)]), over(year, 4)]),
    over(year, 100),
  ]);
  const dayOfYear = whole("Sub", [dayOfEra, daysBefore]);
  const month = over(whole("Add", [whole("Mul", [dayOfYear, integer(5)]), integer(2)]), 153);
  // March is 0: 0..9 become 3..12, and 10, 11 become 1, 2.
  const shifted = whole("Mod", [whole("Add", [month, integer(2)]), integer(12)]);
  return whole("Add", [shifted, integer(1)]);
}

/** What the model sees of numbers: a scaled float32 column, [batch, width]. */
export function scaledNumbers(
  graph: GraphBuilder,
  numbers: Value,
  { rule, scale: { mean, deviation } }: Pick<Encoder["numeric"][number], "rule" | "scale">,
): Value {
  const { shape } = numbers;
  const double = (operator: string, inputs: readonly Value[]) =>
    graph.node(operator, inputs, shape, "float64");
  const number = (value: number) => graph.scalar(value, "float64");
  const isMissing = graph.node("IsNaN", [numbers], shape, "bool");
  const zero = number(0);
  let value = double("Where", [isMissing, zero, numbers]);
  if (deviation === 0) value = double("Mul", [value, zero]);
  else {
    if (rule.kind === "log") {
      const size = double("Log", [double("Add", [double("Abs", [value]), number(1)])]);
      value = double("Mul", [double("Sign", [value]), size]);
    }
    value = double("Div", [double("Sub", [value, number(mean)]), number(deviation)]);
    value = double("Where", [isMissing, zero, value]);
  }
  const narrow = graph.node("Cast", [value], shape, "float32", { to: { kind: "int", value: 1 } });
  return shape.length === 2
    ? narrow
    : graph.node("Unsqueeze", [narrow, graph.integers([1])], [ANY_SIZE, 1], "float32");
}
