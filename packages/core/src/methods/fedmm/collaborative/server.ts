import type { ServerContext, StageServer } from "../../../federation/stage.ts";
import type { Message } from "../../../federation/types.ts";
import { prefixed, unprefixed } from "../../stages/named.ts";
import { trainReply } from "../../stages/train-reply.ts";
import { meeting } from "./meeting.ts";

/**
 * The server half. Clients that are not coupled stop one by one, each at its own time; coupled ones go on
 * until all have finished, as the others learn from them. They begin from the average of what they drew
 * for their shared items: spaces that begin apart would have to turn towards each other first.
 */
export function collaborativeServer(
  context: ServerContext,
  { rounds, coupled, names }: { rounds: number; coupled: boolean; names: readonly string[] },
): StageServer {
  const averages = meeting(names);
  let round = 0;
  let phase: "starting" | "training" | "finishing" | "over" = coupled ? "starting" : "training";
  let finished = new Set<string>();

  const request = (kind: string, client: string): Message => ({
    kind,
    stage: "collaborative",
    round,
    arrays: coupled ? averages.averagesFor(client) : {},
    metadata: {},
  });

  return {
    next: () => {
      if (phase === "over") return undefined;
      if (phase === "starting")
        return new Map(context.clients.map((client) => [client, request("start", client)]));
      const running = context.clients.filter((client) => !finished.has(client));
      if (phase === "training" && (round === rounds || running.length === 0)) phase = "finishing";
      const asked = phase === "finishing" || coupled ? context.clients : running;
      const kind = phase === "finishing" ? "finish" : "train";
      return new Map(asked.map((client) => [client, request(kind, client)]));
    },
    receive: (replies) => {
      if (phase === "finishing") {
        phase = "over";
        return;
      }
      if (phase === "starting") {
        averages.receive(replies);
        phase = "training";
        return;
      }
      for (const [client, { metadata }] of replies) {
        if (trainReply.parse(metadata).finished) finished.add(client);
        else finished.delete(client);
      }
      if (coupled) averages.receive(replies);
      round += 1;
    },
    save: () => ({
      arrays: prefixed("averages:", averages.save()),
      metadata: { round, phase, finished: [...finished].sort() },
    }),
    load: ({ arrays, metadata }) => {
      averages.load(unprefixed("averages:", arrays));
      round = metadata["round"] as number;
      phase = metadata["phase"] as typeof phase;
      finished = new Set(metadata["finished"] as string[]);
    },
  };
}
