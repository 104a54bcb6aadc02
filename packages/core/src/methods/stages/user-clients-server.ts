import { checkedArray } from "../../federation/index.ts";
import type { ServerContext, StageServer } from "../../federation/stage.ts";
import type { Message } from "../../federation/types.ts";
import { streamOf } from "../../random/index.ts";
import type { MethodSettings } from "../types.ts";
import { catalogueSizes } from "./catalogue.ts";
import { travellingSize } from "./model-size.ts";
import type { UserClientsMethod, UserClientsReply } from "./user-clients.ts";

/** The server half: keeps the item vectors, and moves them by each round's sum. A round without answers moves nothing. */
export function userClientsServer(
  { clients, seed, results }: ServerContext,
  { federation: { rounds } }: MethodSettings,
  { server }: Pick<UserClientsMethod, "server">,
): StageServer {
  const { items: numItems, users } = catalogueSizes(results);
  const { width } = server;
  const shape = [numItems, width];
  const size = travellingSize(numItems * width, `there are ${numItems} items`);
  let shared = server.initial(numItems, streamOf(seed, "server", "items"));
  let moments = Object.fromEntries(server.moments.map((name) => [name, new Float32Array(size)]));
  let [round, step] = [0, 0];
  let phase: "training" | "finishing" | "over" = "training";

  return {
    next: () => {
      if (phase === "over") return undefined;
      if (round === rounds) phase = "finishing";
      const request: Message = {
        kind: phase === "training" ? "train" : "finish",
        stage: "train",
        round,
        arrays: { items: { shape, data: shared } },
        metadata: {},
      };
      return new Map(clients.map((client) => [client, request]));
    },
    receive: (replies) => {
      if (phase === "finishing") {
        phase = "over";
        return;
      }
      for (const [client, { arrays, metadata }] of replies) {
        const { clients: answered, finished } = metadata as unknown as UserClientsReply;
        if (finished) phase = "finishing";
        else if (answered > 0) {
          const data = checkedArray({ client, arrays }, "sum", { length: size });
          server.step(shared, { sum: data, answered, users, step, moments });
          step += 1;
        }
      }
      round += 1;
    },
    save: () => ({
      arrays: {
        items: { shape, data: shared },
        ...Object.fromEntries(
          server.moments.map((name) => [`moment:${name}`, { shape, data: moments[name]! }]),
        ),
      },
      metadata: { round, step, phase },
    }),
    load: ({ arrays, metadata }) => {
      const copy = (name: string) => (arrays[name]!.data as Float32Array).slice();
      shared = copy("items");
      moments = Object.fromEntries(server.moments.map((name) => [name, copy(`moment:${name}`)]));
      round = metadata["round"] as number;
      step = metadata["step"] as number;
      phase = metadata["phase"] as typeof phase;
    },
    result: () => ({ arrays: { items: { shape, data: shared } }, metadata: {} }),
  };
}
