import { z } from "zod";
import { encode, rowsOfFeature, selectTask } from "../../data/index.ts";
import type { Stage } from "../../federation/stage.ts";
import type { MethodSettings } from "../types.ts";
import { AtollError } from "../../errors/index.ts";
import { storeRecommender } from "./kept-recommender.ts";
import { askOnce, stateless } from "./single-request.ts";

/** Rows of the base rate that every item's click rate is smoothed with. */
const SMOOTHING_ROWS = 10;

/**
 * Leaves a scorer by item counts. Implicit feedback: the share of positives that an item would have
 * among training rows with `ratio` uniform negatives per positive,
 *
 *   n_i / (n_i + ratio N / I)     (n_i: the item's positives, N: all of them, I: number of items),
 *
 * which orders items as their counts do. Explicit labels: the click rate smoothed with ten rows of the
 * base rate.
 */
export function popularityStage(settings: MethodSettings): Stage {
  return {
    name: "popularity",
    messages: {
      count: {
        arrays: {},
        metadata: z.strictObject({}),
        purpose: "asks the client to count its own rows",
        answeredBy: ["counted"],
      },
      counted: { arrays: {}, metadata: z.strictObject({}), purpose: "says that it did" },
    },
    server: (context) => askOnce(context, "popularity", "count"),
    client: async (context) => {
      const prepare = () => {
        // Rare items must not share a row here: the count of the out-of-vocabulary row would be theirs.
        const { data: all, encoder } = encode(context.splits, {
          minCount: 1,
          common: settings.common,
        });
        const data = selectTask(all, settings.training.task);
        const item = data.schema.categorical.find((feature) => feature.name === "item");
        if (item === undefined)
          throw new AtollError(
            "METHOD_NEEDS_ITEM",
            `client "${context.name}": method popularity counts items, but no column has the role item; name one in data.columns.item or remove the method`,
          );
        const numItemRows = item.numRows;
        const itemOf = rowsOfFeature(data.train, data.schema, "item");
        const seen = new Float64Array(numItemRows);
        const clicked = new Float64Array(numItemRows);
        let clicks = 0;
        for (let row = 0; row < data.train.numRows; row++) {
          const item = itemOf[row]!;
          seen[item]! += 1;
          clicked[item]! += data.train.label[row]!;
          clicks += data.train.label[row]!;
        }
        const scoreOfItem = new Float64Array(numItemRows);
        if (data.negatives === undefined) {
          const baseRate = clicks / data.train.numRows;
          for (let item = 0; item < numItemRows; item++)
            scoreOfItem[item] =
              (clicked[item]! + SMOOTHING_ROWS * baseRate) / (seen[item]! + SMOOTHING_ROWS);
        } else {
          const numItems = data.negatives.pools.reduce((sum, pool) => sum + pool.numItems, 0);
          const negativesPerItem = (data.negatives.ratio * data.train.numRows) / numItems;
          for (let item = 0; item < numItemRows; item++)
            scoreOfItem[item] = seen[item]! / (seen[item]! + negativesPerItem);
        }
        context.memory.data = data;
        context.memory.scorer = {
          score: async (examples) => {
            const items = rowsOfFeature(examples, data.schema, "item");
            return Float64Array.from(items, (item) => scoreOfItem[item]!);
          },
        };
        return { data, encoder, remembered: { kind: "counts" as const, scores: scoreOfItem } };
      };
      const client = stateless(async (request) => {
        await storeRecommender(context, { config: { kind: "popularity" }, ...prepare() });
        return {
          kind: "counted",
          stage: "popularity",
          round: request.round,
          arrays: {},
          metadata: {},
        };
      });
      return {
        ...client,
        load: () => {
          prepare();
        },
      };
    },
  };
}
