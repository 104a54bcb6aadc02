import {
  declaredFeatures,
  HISTORY,
  type CategoricalRule,
  type ColumnsConfig,
  type DeclaredCategorical,
  type DeclaredNumeric,
} from "../../data/index.ts";
import type { KeptModel } from "../../methods/index.ts";
import { ANY_SIZE, type GraphBuilder, type Value } from "../../tensor/index.ts";
import {
  rowsOfCross,
  rowsOfQuantiles,
  rowsOfTexts,
  rowsOfTimePart,
  scaledNumbers,
  vocabularyRows,
} from "./encoders.ts";
import type { FeatureInput } from "./inputs.ts";

interface Parts {
  readonly graph: GraphBuilder;
  readonly kept: Pick<KeptModel, "encoder">;
  readonly client: string;
  readonly columns: ColumnsConfig;
  readonly inputs: readonly FeatureInput[];
  /** By input name. */
  readonly values: Readonly<Record<string, Value>>;
}

/** What raw inputs become: table rows by categorical feature, and the columns of numbers. */
export interface EncodedInputs {
  /** int64, [batch], or of longer features [batch, length]. */
  readonly rows: Readonly<Record<string, Value>>;
  /** float32, each [batch, width], in schema order. */
  readonly numbers: readonly Value[];
}

/** The encoders of a client's declared features as operators. */
export function encodeInputs(parts: Parts): EncodedInputs {
  const { graph, kept, client, columns, inputs, values } = parts;
  const { encoder } = kept;
  const { categorical, numeric, history } = declaredFeatures(columns);
  const valuesOf = (feature: string) =>
    inputs.filter((one) => one.feature === feature).map(({ input }) => values[input.name]!);
  const rows: Record<string, Value> = {};
  for (const feature of categorical) {
    const edges = encoder.categorical.find(({ name }) => name === feature.name)?.edges;
    rows[feature.name] = rowsOf(parts, feature, { given: valuesOf(feature.name), edges });
  }
  if (history !== undefined) {
    const [given] = valuesOf(HISTORY);
    rows[HISTORY] =
      given!.dtype === "int64"
        ? given!
        : rowsOfTexts(graph, given!, {
            rows: vocabularyRows(encoder, client, "item"),
            empty: "padding",
          });
  }
  return { rows, numbers: numbersOf(parts, numeric, valuesOf) };
}

function rowsOf(
  { graph, kept: { encoder }, client }: Parts,
  { name, from, rule }: DeclaredCategorical,
  {
    given,
    edges,
  }: { readonly given: readonly Value[]; readonly edges: readonly number[] | undefined },
): Value {
  const input = given[0]!;
  // Hashed values come as table rows.
  if (input.dtype === "int64") return input;
  if (rule.kind === "quantiles") return rowsOfQuantiles(graph, input, edges!);
  const rows = vocabularyRows(encoder, client, tableOf(name, rule));
  switch (from.kind) {
    case "cross":
      return rowsOfCross(graph, given, rows);
    case "time-part":
      return rowsOfTimePart(graph, input, { part: from.part, rows });
    case "code": {
      const code = graph.node(
        "Gather",
        [input, graph.scalar(from.level, "int64")],
        [ANY_SIZE],
        "string",
        { axis: { kind: "int", value: 1 } },
      );
      return rowsOfTexts(graph, code, { rows, empty: "missing" });
    }
    case "column":
    case "entry":
      return rowsOfTexts(graph, input, {
        rows,
        empty: rule.kind === "list" ? "padding" : "missing",
      });
  }
}

function tableOf(name: string, rule: CategoricalRule): string {
  return rule.kind === "list" ? (rule.like ?? name) : name;
}

/** Numbers in schema order; the entries of one vector are one piece. */
function numbersOf(
  { graph, kept: { encoder } }: Parts,
  numeric: readonly DeclaredNumeric[],
  valuesOf: (feature: string) => readonly Value[],
): Value[] {
  const pieces: Value[] = [];
  for (let n = 0; n < numeric.length; n++) {
    const { name, from } = numeric[n]!;
    const fitted = encoder.numeric[n]!;
    pieces.push(scaledNumbers(graph, valuesOf(name)[0]!, fitted));
    if (from.kind === "entry") n += from.size - 1;
  }
  return pieces;
}
