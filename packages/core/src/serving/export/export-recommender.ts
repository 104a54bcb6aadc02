import { HISTORY, tasksOf } from "../../data/index.ts";
import { UNSEEN_ROW, type KeptRecommender, type Learned } from "../../methods/index.ts";
import { ANY_SIZE, graphBuilder, type GraphBuilder, type Value } from "../../tensor/index.ts";
import type { ExportOptions } from "./export-model.ts";
import type { EncodedInputs } from "./feature-graph.ts";
import { finishExport, refuseTooLarge, type ExportedModel } from "./finish.ts";
import {
  anyOf,
  givenItems,
  sumOfNeighbours,
  sumOfWeights,
  trainingItems,
  type ItemLists,
} from "./item-sums.ts";
import { outputNames } from "./outputs.ts";
import { rawInputs } from "./raw-inputs.ts";
import { probabilities, productOf } from "./scores-graph.ts";

/**
 * One graph from raw ids of user and item, and for methods that score by what a user chose, a history, to
 * scores. What every user chose in training is in the graph too, for rows that bring no history.
 */
export function exportRecommender(
  kept: KeptRecommender,
  { client, columns, name }: ExportOptions,
): ExportedModel {
  const { schema, learned } = kept;
  refuseTooLarge(
    bytesOf(kept),
    client,
    "use atoll predict, a smaller width, or item-knn, which keeps few neighbours of each item",
  );
  const graph = graphBuilder();
  const { inputs, encoded } = rawInputs(graph, kept, { client, columns });
  const tasks = tasksOf(schema);
  const outputs =
    learned.kind === "counts"
      ? [{ name: outputNames(tasks)[0]!, value: countOf(graph, learned.scores, encoded) }]
      : probabilities(graph, scoreOf(graph, learned, encoded), tasks);
  return finishExport(graph, { name, outputs, inputs });
}

function countOf(graph: GraphBuilder, scores: Float64Array, { rows }: EncodedInputs): Value {
  const table = graph.constant(scores, [scores.length], "float64");
  return graph.node("Gather", [table, rows["item"]!], [ANY_SIZE], "float64");
}

function scoreOf(
  graph: GraphBuilder,
  learned: Exclude<Learned, { readonly kind: "counts" }>,
  { rows }: EncodedInputs,
): Value {
  const unseen = graph.scalar(UNSEEN_ROW, "int64");
  const numberOf = (row: Value) => graph.node("Sub", [row, unseen], [ANY_SIZE], "int64");
  const [user, item] = [numberOf(rows["user"]!), numberOf(rows["item"]!)];
  if (learned.kind === "factors") return productOf(graph, learned.factors, { user, item });
  const sum =
    learned.kind === "weights"
      ? sumOfWeights(graph, learned.weights)
      : sumOfNeighbours(graph, learned.neighbours);
  const own = trainingItems(graph, learned.positives, user);
  const given: ItemLists = givenItems(graph, rows[HISTORY]!, UNSEEN_ROW);
  return graph.node(
    "Where",
    [anyOf(graph, given.isThere, 1), sum(item, given), sum(item, own)],
    [ANY_SIZE],
    "float64",
  );
}

function bytesOf({ encoder, learned }: KeptRecommender): number {
  const texts = Object.values(encoder.vocabularies)
    .flat()
    .reduce((bytes, value) => bytes + value.length + 16, 0);
  switch (learned.kind) {
    case "counts":
      return texts + learned.scores.byteLength;
    case "factors": {
      const { users, items } = learned.factors;
      return texts + users.byteLength + items.byteLength;
    }
    case "weights":
      return texts + 4 * learned.weights.weights.length + learned.positives.items.byteLength;
    case "neighbours":
      return texts + 12 * learned.neighbours.items.length + learned.positives.items.byteLength;
  }
}
