import type { KeptPopulation, KeptUserModel } from "../../../methods/index.ts";
import {
  ITEMS_IN,
  ITEMS_OUT,
  pairProgram,
  queryProgram,
  type ChunkSizes,
} from "../../../models/cross-domain/index.ts";
import {
  ANY_SIZE,
  atTwoSizes,
  emitForAnyBatch,
  view,
  type GraphBuilder,
  type Value,
} from "../../../tensor/index.ts";
import { restoreUserModel, type UserModel } from "../user-model.ts";
import { arithmetic } from "./arithmetic.ts";
import { projectedItems } from "./item-tables.ts";
import { sequencesOf, type GraphHistory } from "./sequences.ts";

export interface LogitsOptions {
  readonly kept: KeptPopulation;
  readonly userModel: KeptUserModel;
  readonly domain: number;
  /** How many requests there are, [1]. */
  readonly batch: Value;
  readonly history: GraphHistory;
  /** [batch, candidates]: numbers within the domain, none of them below 0. */
  readonly items: Value;
}

/** What the model says of candidates, [batch, candidates] in doubles, as for a user without a profile. */
export function modelLogits(graph: GraphBuilder, options: LogitsOptions): Value {
  const { kept, userModel, domain, items } = options;
  const { rowsAt, cast } = arithmetic(graph);
  const made = restoreUserModel(userModel, kept);
  const query = queryOf(graph, made, options);
  const [start, end] = [kept.itemStarts[domain]!, kept.itemStarts[domain + 1]!];
  const { width } = userModel.sizes;
  const table = graph.constant(
    projectedItems(userModel, ITEMS_OUT, { start, end }),
    [end - start, width],
    "float32",
  );
  const vectors = rowsAt(table, items);
  const logits =
    made.model.head.kind === "product"
      ? products(graph, query, vectors)
      : pairs(graph, { query, vectors }, { made, options });
  return cast(logits, "float64");
}

/** [batch, queryWidth]: what histories lead to in the domain. */
function queryOf(
  graph: GraphBuilder,
  { model, learned: { layout, values } }: UserModel,
  { kept, userModel, domain, batch, history }: LogitsOptions,
): Value {
  const { add, rowsAt, integer } = arithmetic(graph);
  const { domains, length, domainLength, width, profileWidth } = userModel.sizes;
  // Vectors stand in their slots as the encoders read them: projections are behind them.
  const sizes: ChunkSizes = {
    ...userModel.sizes,
    own: length + domains * domainLength,
    publicWidth: 0,
    learnedRows: true,
  };
  const { slots, ...sequences } = sequencesOf(graph, history, {
    sizes,
    itemStarts: kept.itemStarts,
  });
  const numItems = kept.itemIds.length;
  const table = new Float32Array((numItems + 1) * width);
  table.set(projectedItems(userModel, ITEMS_IN, { start: 0, end: numItems }), width);
  const rows = graph.constant(table, [numItems + 1, width], "float32");
  const programs = atTwoSizes((users) =>
    queryProgram({ model, sizes: { ...sizes, users }, layout }),
  );
  const inputs: Record<string, Value> = {
    ownRows: rowsAt(rows, add(slots, integer(1))),
    ...sequences,
    ...(profileWidth > 0 && {
      profile: graph.node(
        "Expand",
        [graph.scalar(0, "float32"), shapeOf(graph, batch, [domains, profileWidth])],
        [ANY_SIZE, domains, profileWidth],
        "float32",
      ),
    }),
    ...constants(graph, layout, values),
  };
  const { queries } = emitForAnyBatch(graph, programs, { inputs, batch });
  return graph.node(
    "Gather",
    [queries!, graph.scalar(domain, "int64")],
    [ANY_SIZE, model.head.queryWidth(sizes)],
    "float32",
    { axis: { kind: "int", value: 1 } },
  );
}

/** <query, vector> of every candidate. */
function products(graph: GraphBuilder, query: Value, vectors: Value): Value {
  const column = arithmetic(graph).unsqueeze(query, 2);
  const all = graph.node("MatMul", [vectors, column], [ANY_SIZE, ANY_SIZE, 1], "float32");
  return graph.node("Squeeze", [all, graph.integers([2])], [ANY_SIZE, ANY_SIZE], "float32");
}

/** A head that looks at a query and a candidate together, which go through it as one pair each. */
function pairs(
  graph: GraphBuilder,
  { query, vectors }: { readonly query: Value; readonly vectors: Value },
  {
    made: {
      model,
      learned: { layout, values },
    },
    options: {
      userModel: { sizes },
      domain,
      items,
    },
  }: { readonly made: UserModel; readonly options: LogitsOptions },
): Value {
  const { reshape, unsqueeze } = arithmetic(graph);
  const { width } = sizes;
  const queryWidth = model.head.queryWidth(sizes);
  const size = graph.node("Shape", [items], [2], "int64");
  const count = graph.node("ReduceProd", [size], [1], "int64", {
    keepdims: { kind: "int", value: 1 },
  });
  const each = graph.node(
    "Expand",
    [unsqueeze(query, 1), shapeOf(graph, size, [queryWidth])],
    [ANY_SIZE, ANY_SIZE, queryWidth],
    "float32",
  );
  const programs = atTwoSizes((users) =>
    pairProgram({ model, sizes: { ...sizes, users }, layout, domain, candidates: 1 }),
  );
  const { logits } = emitForAnyBatch(graph, programs, {
    inputs: {
      queries: reshape(each, [-1, queryWidth], [ANY_SIZE, queryWidth]),
      vectors: reshape(vectors, [-1, 1, width], [ANY_SIZE, 1, width]),
      ...constants(graph, layout, values),
    },
    batch: count,
  });
  return graph.node("Reshape", [logits!, size], [ANY_SIZE, ANY_SIZE], "float32");
}

function constants(
  graph: GraphBuilder,
  layout: UserModel["learned"]["layout"],
  values: Float32Array,
): Record<string, Value> {
  return Object.fromEntries(
    layout.views.map(({ name, shape }) => [
      `parameter:${name}`,
      graph.constant(view(layout, values, name).slice(), shape, "float32"),
    ]),
  );
}

/** Sizes that are known when the model runs, with further ones that are known now. */
function shapeOf(graph: GraphBuilder, first: Value, rest: readonly number[]): Value {
  return graph.node(
    "Concat",
    [first, graph.integers(rest)],
    [first.shape[0]! + rest.length],
    "int64",
    { axis: { kind: "int", value: 0 } },
  );
}
