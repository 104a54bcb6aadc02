import { ONLY_TASK } from "../../../data/index.ts";
import type { KeptPopulation } from "../../../methods/index.ts";
import {
  ANY_SIZE,
  graphBuilder,
  type Graph,
  type GraphBuilder,
  type Value,
} from "../../../tensor/index.ts";
import { labels } from "../../export/encoders.ts";
import { finishExport, refuseTooLarge, type ExportedModel } from "../../export/finish.ts";
import { outputNames } from "../../export/outputs.ts";
import { keptReader } from "../reader.ts";
import { arithmetic } from "./arithmetic.ts";
import { candidateKeys, historyKeys } from "./keys.ts";
import { likeness } from "./likeness.ts";
import { probabilitiesOfLists } from "./lists.ts";
import { modelLogits } from "./logits.ts";
import { popularity } from "./popularity.ts";
import { historyOf } from "./sequences.ts";

/** An input of a model of requests; `time` is there only where the time of the request is read. */
export interface RequestInput {
  readonly name: "history" | "time" | "candidates";
}

const INPUTS: readonly RequestInput[] = [
  { name: "history" },
  { name: "time" },
  { name: "candidates" },
];

export interface ExportRequestsOptions {
  readonly domain: number;
  /** Days of one in the column of times. */
  readonly daysPerUnit: number;
  readonly name: string;
}

/**
 * One graph from raw requests to probabilities within their lists: item ids, sequences, the model, what
 * requests know of candidates. Operators are those of ONNX and of its ai.onnx.ml; batch, histories and lists
 * may have any size.
 */
export function exportRequests(
  kept: KeptPopulation,
  { domain, daysPerUnit, name }: ExportRequestsOptions,
): ExportedModel<RequestInput> {
  const graph = graphBuilder();
  const { add, less, most, multiply, cast, integer, double } = arithmetic(graph);
  const any = [ANY_SIZE, ANY_SIZE];
  const given = graph.input("history", any, "string", ["batch", "events"]);
  const time = graph.input("time", [ANY_SIZE], "float64");
  const asked = graph.input("candidates", any, "string", ["batch", "candidates"]);
  const history = historyOf(graph, numbersOf(graph, given, historyKeys(kept, domain)));
  const found = numbersOf(graph, asked, candidateKeys(kept, domain));
  const isKnown = less(integer(-1), found);
  const items = most(found, integer(0));
  const shape = graph.node("Shape", [asked], [2], "int64");
  const batch = graph.node("Gather", [shape, graph.integers([0])], [1], "int64");
  const of = { kept, domain, batch, history, items };
  const summands = [
    ...(kept.model === undefined ? [] : [modelLogits(graph, { ...of, userModel: kept.model })]),
    ...knowledge(graph, { ...of, days: daysOf(graph, time, { kept, daysPerUnit }) }),
  ];
  const probabilities = probabilitiesOfLists(graph, {
    // Where nothing is asked to count, candidates are all alike.
    logits:
      summands.length === 0
        ? multiply(cast(items, "float64"), double(0))
        : summands.reduce((a, b) => add(a, b)),
    isKnown,
    loss: kept.model?.loss,
  });
  const [output] = outputNames([ONLY_TASK]);
  const outputs = [{ name: output!, value: probabilities, sizes: ["batch", "candidates"] }];
  checkSize(graph.build(outputs), kept.domains[domain]!);
  return finishExport(graph, { name, outputs, inputs: INPUTS });
}

/** Numbers of texts, -1 of those that stand for nothing. */
function numbersOf(
  graph: GraphBuilder,
  text: Value,
  entries: readonly (readonly [key: string, number: number])[],
): Value {
  return labels(graph, text, {
    keys: entries.map(([key]) => key),
    rows: entries.map(([, number]) => number),
    fallback: -1,
  });
}

/** [batch, 1]: times in days; of none, the day after the training data. */
function daysOf(
  graph: GraphBuilder,
  time: Value,
  { kept, daysPerUnit }: { readonly kept: KeptPopulation; readonly daysPerUnit: number },
): Value {
  const { multiply, where, unsqueeze, double } = arithmetic(graph);
  const isMissing = graph.node("IsNaN", [time], [ANY_SIZE], "bool");
  const days = multiply(time, double(daysPerUnit));
  return unsqueeze(where(isMissing, double(kept.lastDay + 1), days), 1);
}

/** What requests know of candidates, each number with its weight; rounded to float32 as readers write them. */
function knowledge(
  graph: GraphBuilder,
  {
    kept,
    domain,
    batch,
    history,
    items,
    days,
  }: Omit<Parameters<typeof modelLogits>[1], "userModel"> & { readonly days: Value },
): readonly Value[] {
  const { add, multiply, cast, integer, double } = arithmetic(graph);
  const { text, times, itemStarts, settings } = kept;
  const { names } = keptReader(kept);
  return names.map((name, k) => {
    const number =
      name === "recency"
        ? popularity(graph, { kept, times: times!, domain, items, days })
        : likeness(graph, {
            text: text!,
            decay: settings.decay,
            batch,
            history,
            items: add(items, integer(itemStarts[domain]!)),
          });
    const weight = double(kept.weights[domain * names.length + k]!);
    return multiply(cast(cast(number, "float32"), "float64"), weight);
  });
}

function checkSize({ constants, nodes }: Graph, client: string): void {
  let bytes = 0;
  for (const data of constants.values()) bytes += data.byteLength;
  for (const { attributes } of nodes)
    for (const attribute of Object.values(attributes))
      if (attribute.kind === "strings")
        bytes += attribute.value.reduce((sum, text) => sum + 3 * text.length + 16, 0);
  const way = "use atoll predict, or train with a smaller width, fewer items or shorter texts";
  refuseTooLarge(bytes, client, way);
}
