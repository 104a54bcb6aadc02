import { AtollError } from "../../errors/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import type { StageClient } from "../../federation/stage.ts";
import type { Message } from "../../federation/types.ts";
import { uniform } from "../../random/index.ts";
import { promises } from "../stages/privacy/answers.ts";
import { only } from "../stages/named.ts";
import type { MethodSettings } from "../types.ts";
import { clientsOf, shardOf } from "./clients.ts";
import type { FedcctrSettings } from "./config.ts";
import { participationOf } from "./privacy/participation.ts";
import { userProtectionOf } from "./privacy/registry.ts";
import { storeFindings } from "./store-findings.ts";
import type { PopulationModel } from "./settings.ts";
import { replyOf, type FullReply } from "./train-messages.ts";
import { arraysOf, placesOf } from "./travelling.ts";
import { clientUpdates } from "./updates.ts";
import { choiceOf } from "./validation.ts";
import { openWorld } from "./world.ts";

const BYTES = 4;

/**
 * The half that simulates clients: in a round each client takes part by itself with probability `sampling`, and
 * the sum of their updates goes up. The first party validates, and is the one that evaluates.
 */
export async function trainSimulation(
  context: ClientContext,
  settings: MethodSettings,
  config: FedcctrSettings,
  method: PopulationModel,
): Promise<StageClient> {
  const { federate, clients: kind } = config;
  const world = await openWorld(context, settings, config, { method, federate, party: kind });
  const { learned, catalogue } = world;
  const { values, size, layout } = learned;
  const places = placesOf(learned);
  const isFirst = shardOf(context) === 0;
  const clients = clientsOf(context, config);
  const participation = participationOf(context, settings);
  const { numClients } = clients;
  const protection = await userProtectionOf(context, settings, { config, numClients });
  const updates = clientUpdates(context, settings, config, {
    world,
    clients,
    bound: protection.bound,
  });
  const choice = choiceOf(context, settings, config, world);
  const tellsProgress = !promises(settings.privacy);
  const { shape } = replyOf(settings);
  const sum = new Float64Array(size);
  const share = new Float32Array(size);
  let serving = false;
  let lastTerms: Readonly<Record<string, number>> = {};

  const takeOver = (arrays: Message["arrays"]) => {
    for (const { name, offset } of places) values.set(arrays[name]!.data, offset);
  };

  const serve = () => {
    serving = true;
    if (isFirst) return choice.serve();
    context.memory.data = { parts: [] };
    context.memory.scorer = {
      score: () => Promise.reject(new RangeError(`party "${context.name}" evaluates nothing`)),
    };
  };

  const reply = (
    { round }: Message,
    kind: "update" | "finished",
    said: Omit<FullReply, "stale" | "retired" | "clientDown">,
    arrays: Message["arrays"] = {},
  ): Message => {
    const all = {
      ...said,
      stale: choice.stale(),
      retired: protection.retired(),
      clientDown: size * BYTES,
    };
    return {
      kind,
      stage: "train",
      round,
      arrays,
      metadata: only(all as Readonly<Record<string, unknown>>, (name) =>
        Object.hasOwn(shape, name),
      ),
    };
  };

  return {
    handle: async (request, signal) => {
      const { round } = request;
      const isLast = request.kind === "finish";
      takeOver(request.arrays);
      const validates = isFirst && tellsProgress && (isLast || round % config.validateEvery === 0);
      const valid = validates ? await choice.consider(round) : {};
      const finished = isLast || (isFirst && choice.hasFinished());
      const nothing = { clients: 0, users: 0, terms: {}, clientUp: 0, valid, finished };
      if (isLast) {
        serve();
        if (isFirst) await world.keep();
        const { retired } = request.metadata as { readonly retired: readonly number[] };
        if (isFirst)
          await storeFindings(context, world, {
            terms: lastTerms,
            promised: promises(settings.privacy),
            ...((retired.at(-1) ?? 0) > 0 && {
              retired: {
                clients: numClients,
                byRound: retired,
                rounds: settings.federation.rounds,
              },
            }),
          });
        return reply(request, "finished", nothing);
      }
      if (finished) {
        share.fill(0);
        return reply(request, "update", nothing, arraysOf(learned, share));
      }
      const drawn = clients.numbers.filter(
        (client) => uniform(participation(round, client)) < config.sampling,
      );
      const admitted = await protection.admit(drawn, { round, model: values });
      sum.fill(0);
      const of = await updates.add(admitted, sum, { round, signal });
      if (!Number.isFinite(of.loss))
        throw new AtollError(
          "TRAINING_DIVERGED",
          `client "${context.name}": the loss became ${of.loss} in round ${round}; lower the method's server.learningRate`,
        );
      await protection.release(sum, { round, clients: admitted.length });
      for (let i = 0; i < size; i++) share[i] = sum[i]!;
      const mean = (total: number) => (of.users === 0 ? 0 : total / of.users);
      lastTerms = Object.fromEntries(
        Object.entries(of.terms).map(([name, term]) => [name, mean(term)]),
      );
      return reply(
        request,
        "update",
        {
          clients: admitted.length,
          users: of.users,
          ...(of.users > 0 && { trainLoss: mean(of.loss) }),
          terms: lastTerms,
          // Users of one client may look at the same rows, which are counted for each: never more than all.
          clientUp:
            config.upload === "sparse" && admitted.length > 0
              ? Math.min(size, layout.size + (of.rows / admitted.length) * (config.width + 1)) *
                BYTES
              : size * BYTES,
          valid,
          finished,
        },
        arraysOf(learned, share),
      );
    },
    save: () => {
      const { best, metadata } = choice.save();
      const array = (data: Float32Array) => ({ shape: [data.length], data });
      return {
        arrays: { values: array(values), ...(best && { best: array(best) }) },
        metadata: {
          choice: metadata,
          serving,
          terms: lastTerms,
          domains: catalogue.domains,
          protection: protection.save(),
        },
      };
    },
    load: ({ arrays, metadata }) => {
      values.set(arrays["values"]!.data);
      const best = arrays["best"]?.data as Float32Array | undefined;
      choice.load(best?.slice(), metadata["choice"] as Parameters<typeof choice.load>[1]);
      lastTerms = metadata["terms"] as typeof lastTerms;
      protection.load(metadata["protection"] as Record<string, unknown>);
      if (metadata["serving"] === true) serve();
    },
    close: world.close,
  };
}
