import { z } from "zod";
import { encode } from "../../data/index.ts";
import { AtollError } from "../../errors/index.ts";
import type { Stage } from "../../federation/stage.ts";
import { askOnce, stateless } from "./single-request.ts";

/** Leaves a scorer that reads the true probabilities of a synthetic world, of every task. */
export function oracleStage(): Stage {
  return {
    name: "oracle",
    messages: {
      look: {
        arrays: {},
        metadata: z.strictObject({}),
        purpose: "asks the client to score by the true probabilities",
        answeredBy: ["looked"],
      },
      looked: { arrays: {}, metadata: z.strictObject({}), purpose: "says that it can" },
    },
    server: (context) => askOnce(context, "oracle", "look"),
    client: async (context) => {
      const prepare = () => {
        context.memory.data = encode(context.splits, { minCount: 1 }).data;
        context.memory.scorer = {
          score: async (examples, part) => {
            if (examples.oracle === undefined)
              throw new AtollError(
                "METHOD_NEEDS_TRUTH",
                `client "${part}": method best-possible needs true click probabilities, which only synthetic data have; remove the method`,
              );
            return examples.oracle;
          },
        };
      };
      const client = stateless(async (request) => {
        prepare();
        return { kind: "looked", stage: "oracle", round: request.round, arrays: {}, metadata: {} };
      });
      return { ...client, load: prepare };
    },
  };
}
