import { z } from "zod";
import { strategies } from "../../federation/index.ts";
import { aggregating } from "../aggregating.ts";

/** Adam on the server over the mean update: Reddi et al. 2021, arXiv 2003.00295. */
export const fedadam = aggregating({
  config: z.strictObject({
    kind: z.literal("fedadam"),
    learningRate: z
      .number()
      .positive()
      .default(0.05)
      .describe("the server's step size: about what a parameter moves per round"),
  }),
  summary: "The server takes an Adam step along the clients' mean update (Reddi et al. 2021).",
  privacy: ["dp-sgd", "central", "local", "distributed"],
  strategy: ({ learningRate }) => strategies.fedadam({ learningRate }),
});
