import { AtollError } from "../../errors/index.ts";
import { checkedArray } from "../../federation/index.ts";
import type { ServerContext, StageServer } from "../../federation/stage.ts";
import type { Message, WireArray } from "../../federation/types.ts";
import type { P2fcdrSettings } from "../../models/federated-recommenders/index.ts";
import { streamOf } from "../../random/index.ts";
import { statesOfOther } from "../stages/common-users.ts";
import type { TrainReply } from "../stages/train-reply.ts";
import type { MethodSettings } from "../types.ts";
import { orthogonalMatrix, transposed } from "./p2fcdr-mapping.ts";

/**
 * The server half, which stands for the two domains' own line to each other: passes on the vectors of users
 * that both know, and averages the mapping. The first client maps by X, the second by its transpose.
 */
export function p2fcdrServer(
  { clients, seed }: ServerContext,
  { federation: { rounds } }: MethodSettings,
  { width }: P2fcdrSettings,
): StageServer {
  if (clients.length !== 2)
    throw new AtollError(
      "METHOD_NEEDS_TWO_CLIENTS",
      `method p2fcdr maps between two domains, but data.clients has ${clients.length}: ${clients.join(", ")}; name two of them, or use feddcsr, which takes any number`,
    );
  const [first, second] = clients as [string, string];
  let mapping = orthogonalMatrix(width, streamOf(seed, "server", "p2fcdr"));
  let passedOn: Readonly<Record<string, WireArray>> = {};
  let round = 0;
  let phase: "training" | "finishing" | "over" = "training";

  const request = (client: string): Message => {
    const [states, known] = [passedOn[`states:${client}`], passedOn[`known:${client}`]];
    return {
      kind: phase === "training" ? "train" : "finish",
      stage: "train",
      round,
      arrays: {
        mapping: {
          shape: [width, width],
          data: client === first ? mapping : transposed(mapping, width),
        },
        ...(states && known && { states, known }),
      },
      metadata: {},
    };
  };

  return {
    next: () => {
      if (phase === "over") return undefined;
      if (round === rounds) phase = "finishing";
      return new Map(clients.map((client) => [client, request(client)]));
    },
    receive: (replies) => {
      if (phase === "finishing") {
        phase = "over";
        return;
      }
      const answer = (client: string) => {
        const { arrays, metadata } = replies.get(client)!;
        const { numExamples, finished } = metadata as unknown as TrainReply;
        const own = { client, arrays };
        const numbers = checkedArray(own, "users", { type: "F64" });
        return {
          client,
          weight: numExamples,
          numbers,
          states: checkedArray(own, "states", { length: numbers.length * width }),
          mapping: checkedArray(own, "mapping", { length: width * width }),
          finished,
        };
      };
      // Without one of the two there is nothing to pass on.
      if (replies.size === 2) {
        const [a, b] = [answer(first), answer(second)];
        const backwards = transposed(b.mapping, width);
        mapping = a.mapping.map((value, i) => (value + backwards[i]!) / 2);
        passedOn = Object.fromEntries(
          [...statesOfOther([a, b], width)].flatMap(([client, { states, known }]) => [
            [`states:${client}`, { shape: [known.length, width], data: states }],
            [`known:${client}`, { shape: [known.length], data: known }],
          ]),
        );
        if (a.finished && b.finished) phase = "finishing";
      }
      round += 1;
    },
    save: () => ({
      arrays: { ...passedOn, mapping: { shape: [width, width], data: mapping } },
      metadata: { round, phase },
    }),
    load: ({ arrays, metadata }) => {
      const { mapping: saved, ...rest } = arrays;
      mapping = (saved!.data as Float32Array).slice();
      passedOn = Object.fromEntries(
        Object.entries(rest).map(([name, { shape, data }]) => [
          name,
          { shape, data: data.slice() },
        ]),
      );
      round = metadata["round"] as number;
      phase = metadata["phase"] as typeof phase;
    },
    result: () => ({
      arrays: { mapping: { shape: [width, width], data: mapping } },
      metadata: {},
    }),
  };
}
