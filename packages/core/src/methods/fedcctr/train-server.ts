import type { SavedState, ServerContext, StageServer } from "../../federation/stage.ts";
import type { Message } from "../../federation/types.ts";
import { checkedArray } from "../../federation/index.ts";
import { initialVector } from "../../training/population/index.ts";
import { prefixed, unprefixed } from "../stages/named.ts";
import { promises } from "../stages/privacy/answers.ts";
import { travellingSize } from "../stages/model-size.ts";
import type { Retired } from "../stages/retired.ts";
import type { MethodSettings } from "../types.ts";
import { stepAtHome, type FedcctrSettings } from "./config.ts";
import { enrolledIn } from "./enrol.ts";
import { sumProtectionOf } from "./privacy/registry.ts";
import { makeServerOptimiser, type ServerOptimiserConfig } from "./server-optimiser.ts";
import type { PopulationModel } from "./settings.ts";
import { spaceOf } from "./space.ts";
import { arraysOf, namedArrays, placesOf } from "./travelling.ts";

/** The server's optimiser, where the settings name none. */
export function serverOptimiserOf(
  config: Pick<FedcctrSettings, "server" | "clients" | "usersPerStep">,
  { privacy }: Pick<MethodSettings, "privacy">,
): ServerOptimiserConfig {
  if (config.server !== undefined) return config.server;
  // The model becomes the mean of the clients' own: FedAvg.
  if (stepAtHome(config) !== undefined)
    return { kind: "sgd", learningRate: 1, momentum: 0, warmup: 0, decay: "none" };
  return promises(privacy)
    ? { kind: "sgd", learningRate: 0.3, momentum: 0.9, warmup: 0, decay: "none" }
    : {
        kind: "fedadam",
        learningRate: 0.005,
        beta1: 0.9,
        beta2: 0.99,
        warmup: 10,
        decay: "cosine",
      };
}

/**
 * The half that keeps the model. A round: the model goes to every party, sums of updates come back, are added in
 * doubles in the order of the parties' names, and divided by how many clients are expected to take part:
 *
 *   g_t = (sum of updates + noise) / (rho clients),   w <- optimiser(w, g_t)
 */
export function trainServer(
  context: ServerContext,
  settings: MethodSettings,
  config: FedcctrSettings,
  method: PopulationModel,
): StageServer {
  const { clients: parties, seed } = context;
  const { rounds } = settings.federation;
  const { catalogue, numClients } = enrolledIn(context);
  const space = spaceOf(config, method, { catalogue, federate: config.federate });
  travellingSize(space.size, `${catalogue.items} items of ${catalogue.domains.length} domains`);
  const places = placesOf(space);
  const values = initialVector(space, seed);
  const optimiser = makeServerOptimiser(serverOptimiserOf(config, settings), { rounds });
  const memory = optimiser.init(space.size);
  const protection = sumProtectionOf(context, settings, { config, numClients });
  const sum = new Float64Array(space.size);
  let round = 0;
  let phase: "training" | "finishing" | "over" = "training";
  /** By round, clients that retired so far. */
  let retired: number[] = [];
  let stopped: Retired["stopped"];

  const addUp = (replies: readonly (readonly [string, Message])[]) => {
    sum.fill(0);
    for (const [client, { arrays }] of replies)
      for (const { name, offset, length } of places) {
        const data = checkedArray({ client, arrays }, name, { length });
        for (let i = 0; i < length; i++) sum[offset + i]! += data[i]!;
      }
  };

  return {
    next: () => {
      if (phase === "over") return undefined;
      const allRetired = numClients > 0 && retired.at(-1) === numClients;
      if (round === rounds || allRetired) phase = "finishing";
      const isLast = phase === "finishing";
      const request: Message = {
        kind: isLast ? "finish" : "train",
        stage: "train",
        round,
        arrays: arraysOf(space, values),
        metadata: isLast ? { retired } : {},
      };
      return new Map(parties.map((party) => [party, request]));
    },
    receive: async (replies) => {
      if (phase === "finishing") {
        phase = "over";
        return;
      }
      const sorted = [...replies].toSorted(([a], [b]) => (a < b ? -1 : 1));
      const total = (name: string) =>
        sorted.reduce((all, [, { metadata }]) => all + ((metadata[name] as number) ?? 0), 0);
      if (sorted.some(([, { metadata }]) => metadata["finished"] === true)) {
        phase = "finishing";
        round += 1;
        return;
      }
      retired.push(total("retired"));
      addUp(sorted);
      const published = await protection.publish(sum, { round, clients: total("clients") });
      if (published.kind === "refused") {
        stopped = { round, why: published.why };
        phase = "finishing";
      } else {
        const expected = config.sampling * numClients;
        for (let i = 0; i < sum.length; i++) sum[i]! /= expected;
        optimiser.step(values, sum, { memory, round });
      }
      round += 1;
    },
    save: (): SavedState => ({
      arrays: {
        values: { shape: [values.length], data: values },
        ...prefixed(
          "memory:",
          Object.fromEntries(
            Object.entries(memory).map(([name, data]) => [name, { shape: [data.length], data }]),
          ),
        ),
      },
      metadata: { round, phase, retired, stopped: stopped ?? null },
    }),
    load: ({ arrays, metadata }) => {
      values.set(arrays["values"]!.data);
      for (const [name, { data }] of Object.entries(unprefixed("memory:", arrays)))
        memory[name]!.set(data);
      round = metadata["round"] as number;
      phase = metadata["phase"] as typeof phase;
      retired = [...(metadata["retired"] as number[])];
      stopped = (metadata["stopped"] ?? undefined) as typeof stopped;
    },
    result: () => ({
      arrays: namedArrays(space, values),
      metadata: { retiredByRound: retired, ...(stopped && { stopped }) },
    }),
  };
}
