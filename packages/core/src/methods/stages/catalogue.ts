import { z } from "zod";
import type { SavedState, Stage } from "../../federation/stage.ts";
import { populationOf } from "../../population/index.ts";
import { askOnce, stateless } from "./single-request.ts";

const sizes = z.strictObject({
  items: z.number().int().positive().describe("items of all domains"),
  users: z.number().int().positive().describe("users that may take part"),
});

export type CatalogueSizes = z.infer<typeof sizes>;

/** Tells the server what a deployment knows by itself: the size of the public catalogue, and who registered. */
export function catalogueStage(): Stage {
  return {
    name: "catalogue",
    messages: {
      describe: {
        arrays: {},
        metadata: z.strictObject({}),
        purpose: "asks for the size of the catalogue",
        answeredBy: ["described"],
      },
      described: {
        arrays: {},
        metadata: sizes,
        purpose: "how many items the public catalogue has and how many users registered; no ids",
      },
    },
    server: (context) => {
      let said: SavedState = { arrays: {}, metadata: {} };
      const server = askOnce(context, "catalogue", "describe", (replies) => {
        const reply = replies.values().next().value!;
        said = { arrays: {}, metadata: sizes.parse(reply.metadata) };
      });
      return {
        ...server,
        save: () => ({ arrays: {}, metadata: { ...server.save().metadata, said: said.metadata } }),
        load: (state) => {
          server.load(state);
          said = { arrays: {}, metadata: state.metadata["said"] as CatalogueSizes };
        },
        result: () => said,
      };
    },
    client: async ({ splits }) =>
      stateless(async ({ round }) => {
        const { itemIds, userIds } = populationOf(splits);
        return {
          kind: "described",
          stage: "catalogue",
          round,
          arrays: {},
          metadata: { items: itemIds.length, users: userIds.length },
        };
      }),
  };
}

/** What the stage left on the server. */
export function catalogueSizes(results: ReadonlyMap<string, SavedState>): CatalogueSizes {
  return sizes.parse(results.get("catalogue")?.metadata);
}
