import { extension, z } from "@atoll/core/extensions";
import { asGlobal, checkedArray, NO_MEMORY, type Strategy } from "@atoll/core/federation";
import { aggregating } from "@atoll/core/methods";

/**
 * Coordinate by coordinate: sort the clients' values, leave out the smallest and the largest, average the rest. A
 * few clients that send nonsense cannot move it far. Yin et al. 2018, arXiv 1803.01498, definition 2.
 */
export function trimmedMean(trim: number): Strategy {
  return {
    // What the server remembers between rounds: nothing.
    init: () => NO_MEMORY,
    step: (global, updates, state) => {
      // Clients without rows have learned nothing.
      const taught = updates.filter(({ numExamples }) => numExamples > 0);
      if (taught.length === 0) return [global, state];
      const cut = Math.floor(trim * taught.length);
      const means: Record<string, Float64Array> = {};
      for (const [name, { data }] of Object.entries(global)) {
        // Refuses arrays of another length, and values that are not finite, by the client's name.
        const sent = taught.map((update) => checkedArray(update, name, { length: data.length }));
        means[name] = Float64Array.from({ length: data.length }, (_, i) => {
          // Sorted, so that the order in which clients answer changes no bit.
          const kept = Float64Array.from(sent, (values) => values[i]!).sort();
          const middle = kept.subarray(cut, kept.length - cut);
          return middle.reduce((sum, value) => sum + value, 0) / middle.length;
        });
      }
      return [asGlobal(global, means), state];
    },
  };
}

/** Everything but the server's rule is as in FedAvg. */
const robust = aggregating({
  config: z.strictObject({
    kind: z.literal("trimmed-mean"),
    trim: z
      .number()
      .min(0)
      .lt(0.5)
      .default(0.2)
      .describe("share of the clients whose values are left out at each end, for each number"),
  }),
  summary: "FedAvg with a coordinate-wise trimmed mean of the clients (Yin et al. 2018).",
  strategy: ({ trim }) => trimmedMean(trim),
});

export const myAggregator = extension({ methods: { "trimmed-mean": robust } });
