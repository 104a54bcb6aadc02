import { lengthOf, tasksOf, type ColumnsConfig } from "../../data/index.ts";
import type { AddedScore, KeptModel } from "../../methods/index.ts";
import { predictProgram, type Model } from "../../models/index.ts";
import {
  ANY_SIZE,
  atTwoSizes,
  emitForAnyBatch,
  graphBuilder,
  type GraphBuilder,
  type Value,
} from "../../tensor/index.ts";
import type { Learned } from "../../training/index.ts";
import { restoreKept } from "../restore.ts";
import type { EncodedInputs } from "./feature-graph.ts";
import { finishExport, refuseTooLarge, type ExportedModel } from "./finish.ts";
import { rawInputs } from "./raw-inputs.ts";
import { probabilities, productOf } from "./scores-graph.ts";

export interface ExportOptions {
  readonly client: string;
  readonly columns: ColumnsConfig;
  readonly name: string;
}

/**
 * One graph from raw columns to probabilities: encoders, embedding tables, the model. All operators are
 * those of ONNX and of its ai.onnx.ml, the batch may have any size.
 */
export function exportModel(
  kept: KeptModel,
  { client, columns, name }: ExportOptions,
): ExportedModel {
  const { model, learned } = restoreKept(kept, client);
  checkSize(kept, learned, client);
  const graph = graphBuilder();
  const { inputs, encoded: declared, first } = rawInputs(graph, kept, { client, columns });
  const shape = graph.node("Shape", [first], [first.shape.length], "int64");
  const batch = graph.node("Gather", [shape, graph.integers([0])], [1], "int64");
  const encoded = withAdded(graph, kept, declared);
  const logits = emitModel(graph, kept, { model, learned, encoded, batch });
  const outputs = probabilities(graph, logits, tasksOf(kept.schema));
  return finishExport(graph, { name, outputs, inputs });
}

function checkSize(kept: KeptModel, { tables, parameters }: Learned, client: string): void {
  const numbers = tables.reduce((sum, table) => sum + table.values.length, parameters.length);
  const texts = Object.values(kept.encoder.vocabularies)
    .flat()
    .reduce((sum, value) => sum + value.length + 16, 0);
  const bytes = 4 * numbers + texts;
  refuseTooLarge(
    bytes,
    client,
    "use atoll predict, or train with a smaller model.width or a larger data.vocabulary.minCount",
  );
}

/** The features and numbers that a method adds. */
function withAdded(
  graph: GraphBuilder,
  { added }: KeptModel,
  encoded: EncodedInputs,
): EncodedInputs {
  const rows: Record<string, Value> = { ...encoded.rows };
  for (const code of added.codes) {
    const table = graph.integers([...code.rows]);
    rows[code.name] = graph.node("Gather", [table, rows[code.of]!], [ANY_SIZE], "int64");
  }
  const { score } = added;
  if (score === undefined) return { ...encoded, rows };
  const number = scoreOf(graph, score, { user: rows["user"]!, item: rows["item"]! });
  return { rows, numbers: [...encoded.numbers, number] };
}

/** The standardised score of user and item, [batch, 1], in doubles until the end. */
function scoreOf(
  graph: GraphBuilder,
  { models, centre, scale, offset }: AddedScore,
  rows: { readonly user: Value; readonly item: Value },
): Value {
  const double = (operator: string, inputs: readonly Value[]) =>
    graph.node(operator, inputs, [ANY_SIZE], "float64");
  const numberOf = (row: Value) =>
    graph.node("Sub", [row, graph.scalar(offset, "int64")], [ANY_SIZE], "int64");
  const [user, item] = [numberOf(rows.user), numberOf(rows.item)];
  const sums = models.map((factors) => productOf(graph, factors, { user, item }));
  const number = (value: number) => graph.scalar(value, "float64");
  const mean = double("Div", [sums.reduce((a, b) => double("Add", [a, b])), number(models.length)]);
  const scaled = double("Mul", [double("Sub", [mean, number(centre)]), number(scale)]);
  const narrow = graph.node("Cast", [scaled], [ANY_SIZE], "float32", {
    to: { kind: "int", value: 1 },
  });
  return graph.node("Unsqueeze", [narrow, graph.integers([1])], [ANY_SIZE, 1], "float32");
}

interface ModelParts {
  readonly model: Model;
  readonly learned: Learned;
  readonly encoded: EncodedInputs;
  readonly batch: Value;
}

/** The model over gathered rows, its numbers as constants: log-odds. */
function emitModel(
  graph: GraphBuilder,
  { schema }: KeptModel,
  { model, learned, encoded, batch }: ModelParts,
): Value {
  const { layout, stateLayout, parameters, state, tables } = learned;
  const sizes = atTwoSizes((size) => predictProgram(model, layout, stateLayout, schema, size));
  const inputs: Record<string, Value> = {};
  for (const { name, shape, offset, length } of layout.views)
    inputs[`parameter:${name}`] = graph.constant(
      parameters.slice(offset, offset + length),
      shape,
      "float32",
    );
  for (const { name, shape, offset, length } of stateLayout.views)
    inputs[`state:${name}`] = graph.constant(
      state.slice(offset, offset + length),
      shape,
      "float32",
    );
  for (const table of tables) {
    const rows = table.features.map(({ name, length, offset }) => {
      const wide = asWide(graph, encoded.rows[name]!);
      return offset === 0
        ? wide
        : graph.node("Add", [wide, graph.scalar(offset, "int64")], [ANY_SIZE, length], "int64");
    });
    const { numEntries, width, numRows } = table;
    const all =
      rows.length === 1
        ? rows[0]!
        : graph.node("Concat", rows, [ANY_SIZE, numEntries], "int64", {
            axis: { kind: "int", value: 1 },
          });
    const data = graph.constant(table.values, [numRows, width], "float32");
    inputs[`embedding:${table.name}`] = graph.node(
      "Gather",
      [data, all],
      [ANY_SIZE, numEntries, width],
      "float32",
    );
  }
  for (const feature of schema.categorical) {
    const rows = encoded.rows[feature.name]!;
    inputs[`index:${feature.name}`] = graph.node(
      "Cast",
      [asWide(graph, rows)],
      [ANY_SIZE, lengthOf(feature)],
      "float32",
      { to: { kind: "int", value: 1 } },
    );
  }
  const { numbers } = encoded;
  if (numbers.length > 0)
    inputs["numeric"] =
      numbers.length === 1
        ? numbers[0]!
        : graph.node("Concat", numbers, [ANY_SIZE, schema.numeric.length], "float32", {
            axis: { kind: "int", value: 1 },
          });
  return emitForAnyBatch(graph, sizes, { inputs, batch })["logits"]!;
}

/** [batch] as [batch, 1]. */
function asWide(graph: GraphBuilder, rows: Value): Value {
  return rows.shape.length === 2
    ? rows
    : graph.node("Unsqueeze", [rows, graph.integers([1])], [ANY_SIZE, 1], "int64");
}
