import { checkedArray } from "../../federation/index.ts";
import type { ServerContext, StageServer } from "../../federation/stage.ts";
import type { Message, WireArray } from "../../federation/types.ts";
import {
  feddcsr,
  SHARED,
  type FeddcsrSettings,
} from "../../models/federated-recommenders/index.ts";
import { streamOf } from "../../random/index.ts";
import { initialise, parameterLayout } from "../../tensor/index.ts";
import { prefixed, unprefixed } from "../stages/named.ts";
import { wholeBlock } from "../stages/blocks.ts";
import { parametersIn } from "../stages/held.ts";
import { numbersToWire, wireToNumbers } from "../stages/numbers-to-wire.ts";
import type { TrainReply } from "../stages/train-reply.ts";
import type { MethodSettings } from "../types.ts";
import { meanStates } from "../stages/common-users.ts";

/** The server half: means over domains, weighted by training sequences, until all clients have finished. */
export function feddcsrServer(
  { clients, seed }: ServerContext,
  { federation: { rounds } }: MethodSettings,
  settings: FeddcsrSettings,
): StageServer {
  const { width } = settings;
  const { parameters } = feddcsr(settings);
  const layout = parameterLayout(parameters.filter(({ name }) => name.startsWith(SHARED)));
  let shared = initialise(layout, streamOf(seed, "server", "feddcsr"));
  let states: Readonly<Record<string, Float32Array>> = {};
  let round = 0;
  let phase: "training" | "finishing" | "over" = "training";

  return {
    next: () => {
      if (phase === "over") return undefined;
      if (round === rounds) phase = "finishing";
      const request = (client: string): Message => ({
        kind: phase === "training" ? "train" : "finish",
        stage: "train",
        round,
        arrays: {
          shared: { shape: [shared.length], data: shared },
          ...(states[client] && { states: matrix(states[client], width) }),
        },
        metadata: {},
      });
      return new Map(clients.map((client) => [client, request(client)]));
    },
    receive: (replies) => {
      if (phase === "finishing") {
        phase = "over";
        return;
      }
      const answers = [...replies].map(([client, { arrays, metadata }]) => {
        const { numExamples, finished } = metadata as unknown as TrainReply;
        return { client, arrays, numExamples, finished };
      });
      const total = answers.reduce((sum, { numExamples }) => sum + numExamples, 0);
      if (total > 0) {
        const mean = new Float64Array(shared.length);
        for (const answer of answers) {
          const own = checkedArray(answer, "shared", { length: shared.length });
          const share = answer.numExamples / total;
          for (let i = 0; i < mean.length; i++) mean[i]! += share * own[i]!;
        }
        shared = Float32Array.from(mean);
      }
      const domains = answers.map((answer) => {
        const numbers = checkedArray(answer, "users", { type: "F64" });
        const own = checkedArray(answer, "states", { length: numbers.length * width });
        return { client: answer.client, weight: answer.numExamples, numbers, states: own };
      });
      states = { ...states, ...Object.fromEntries(meanStates(domains, width)) };
      if (answers.length > 0 && answers.every(({ finished }) => finished)) phase = "finishing";
      round += 1;
    },
    save: () => ({
      arrays: numbersToWire({ shared, ...prefixed("states:", states) }),
      metadata: { round, phase },
    }),
    load: ({ arrays, metadata }) => {
      shared = (arrays["shared"]!.data as Float32Array).slice();
      states = wireToNumbers(unprefixed("states:", arrays));
      round = metadata["round"] as number;
      phase = metadata["phase"] as typeof phase;
    },
    // Users' vectors are left out: whoever keeps the model needs none of them.
    result: () => ({
      arrays: prefixed(
        "parameter:",
        parametersIn(wholeBlock(layout, () => true)[0]!, layout, shared),
      ),
      metadata: {},
    }),
  };
}

function matrix(data: Float32Array, width: number): WireArray {
  return { shape: [data.length / width, width], data };
}
