import { z } from "zod";
import { AtollError } from "../../errors/index.ts";
import type { ServerContext, Stage } from "../../federation/stage.ts";
import { askOnce, stateless } from "../stages/single-request.ts";
import { clientsOf } from "./clients.ts";
import type { FedcctrSettings } from "./config.ts";
import type { Catalogue } from "./settings.ts";
import { peopleOf } from "./people.ts";
import { wordWidthOf } from "./user-augmentation.ts";

const NAME = "enrol";

const enrolled = z.strictObject({
  domains: z.array(z.string()),
  items: z.number().int().nonnegative(),
  hasText: z.boolean(),
  wordWidth: z.number().int().positive().optional().describe("entries of vectors of words"),
  clients: z.number().int().nonnegative().describe("of all parties together"),
});

/** What the server knows before training: how large the catalogue is, and how many clients there are. */
export interface Enrolled {
  readonly catalogue: Catalogue;
  readonly numClients: number;
}

/** Asks for what sizes of arrays follow from. */
export function enrolStage(config: FedcctrSettings): Stage {
  return {
    name: NAME,
    messages: {
      enrol: {
        arrays: {},
        metadata: z.strictObject({}),
        purpose: "asks how large the catalogue is and how many clients there are",
        answeredBy: ["enrolled"],
      },
      enrolled: {
        arrays: {},
        metadata: enrolled,
        purpose: "the domains, the number of their items and of clients; nothing of any client",
      },
    },
    server: (context) => {
      let said: unknown;
      const asking = askOnce(context, NAME, "enrol", (replies) => {
        const all = [...replies].map(([party, { metadata }]) => ({
          party,
          text: JSON.stringify(metadata),
        }));
        const other = all.find(({ text }) => text !== all[0]!.text);
        if (other !== undefined)
          throw new AtollError(
            "UPDATE_INVALID",
            `client "${other.party}" knows ${other.text}, client "${all[0]!.party}" ${all[0]!.text}; all have to hold the same tables`,
          );
        said = enrolled.parse(JSON.parse(all[0]!.text));
      });
      return {
        ...asking,
        save: () => ({ arrays: {}, metadata: { ...asking.save().metadata, said: said ?? null } }),
        load: (state) => {
          asking.load(state);
          said = state.metadata["said"] ?? undefined;
        },
        result: () => ({ arrays: {}, metadata: said as Record<string, unknown> }),
      };
    },
    client: async (context) =>
      stateless(async ({ round }) => {
        const { catalogue } = peopleOf(context);
        const wordWidth = wordWidthOf(config, context);
        const { numClients } = clientsOf(context, config);
        const metadata = {
          ...catalogue,
          ...(wordWidth !== undefined && { wordWidth }),
          clients: numClients,
        };
        return { kind: "enrolled", stage: NAME, round, arrays: {}, metadata };
      }),
  };
}

/** What the stage left on the server. */
export function enrolledIn({ results }: Pick<ServerContext, "results">): Enrolled {
  const { clients, ...catalogue } = enrolled.parse(results.get(NAME)?.metadata);
  return { catalogue, numClients: clients };
}
