import type { GradientOptions } from "./gradients.ts";
import { graphPropagation, type TablePropagation } from "./graph-propagation.ts";
import { transitionGraph } from "./graph.ts";
import { gatherRows, type ItemRows } from "./item-rows.ts";
import { domainsOfItems } from "./negatives.ts";
import type { LearnedVector } from "./types.ts";

/** Vectors of items that learn from those that follow them in training events. */
export function graphRows(
  { learned, events, itemStarts }: Pick<GradientOptions, "learned" | "events" | "itemStarts">,
  layers: number,
): ItemRows {
  const graph = transitionGraph(events, domainsOfItems(itemStarts));
  const { width } = tableOfItems(learned);
  return propagatedRows(learned, graphPropagation(graph, { width, layers }));
}

/**
 * Vectors that a linear map makes of the table `items`, anew whenever parameters may have moved. A user's
 * gradient reaches the rows of items that the user never had, so that rows are not distinct.
 */
export function propagatedRows(
  learned: Pick<LearnedVector, "values" | "tables">,
  { forward, addBackward }: TablePropagation,
): ItemRows {
  const { offset, rows, width } = tableOfItems(learned);
  const table = learned.values.subarray(offset, offset + rows * width);
  const made = new Float32Array(rows * width);
  const gradientOfMade = new Float64Array(rows * width);
  return {
    width,
    distinct: false,
    begin: () => {
      forward(table, made);
      gradientOfMade.fill(0);
    },
    gather: (items, out) => gatherRows(items, { values: made, width }, out),
    scatter: (items, gradient) => {
      for (let i = 0; i < items.length; i++) {
        const item = items[i]!;
        if (item < 0) continue;
        for (let k = 0; k < width; k++)
          gradientOfMade[item * width + k]! += gradient[i * width + k]!;
      }
    },
    end: (sum) => {
      addBackward(gradientOfMade, sum.subarray(offset, offset + rows * width));
      gradientOfMade.fill(0);
    },
  };
}

function tableOfItems({ tables }: Pick<LearnedVector, "tables">) {
  const place = tables.find(({ name }) => name === "items");
  if (place === undefined) throw new RangeError("nothing is learned in a table items");
  return place;
}
