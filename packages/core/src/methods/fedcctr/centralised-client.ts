import type { ClientContext } from "../../federation/client-context.ts";
import type { StageClient } from "../../federation/stage.ts";
import type { Message } from "../../federation/types.ts";
import { streamOf } from "../../random/index.ts";
import { initialVector } from "../../training/population/index.ts";
import type { MethodSettings } from "../types.ts";
import type { CentralisedSettings, PassReply } from "./centralised-stages.ts";
import { minibatchesOf } from "./minibatches.ts";
import { startFromStored, storeStart } from "./stage-start.ts";
import { storeFindings } from "./store-findings.ts";
import type { PopulationModel } from "./settings.ts";
import { choiceOf } from "./validation.ts";
import { openWorld } from "./world.ts";

/** One training of a method that may have several, one after the other. */
export interface CentralisedTraining {
  /** Its stage's name. */
  readonly name: string;
  readonly method: PopulationModel;
  /** The stage that starts from its end, where its model serves nobody. */
  readonly startOf?: string;
  /** Whether an earlier stage left a start. */
  readonly hasStart?: boolean;
}

/** The half that trains: passes over all users in minibatches, each moved along by its mean gradient. */
export async function centralisedClient(
  context: ClientContext,
  settings: MethodSettings,
  config: CentralisedSettings,
  { name, method, startOf, hasStart = false }: CentralisedTraining,
): Promise<StageClient> {
  const { seed } = context;
  const world = await openWorld(context, settings, config, { method });
  const { learned, events } = world;
  const { values } = learned;
  values.set(initialVector(learned, seed));
  if (hasStart) await startFromStored(context, name, learned);
  const { memory, train } = minibatchesOf(context, settings, config, world);
  const choice = choiceOf(context, settings, config, world);
  const everybody = Int32Array.from({ length: events.starts.length - 1 }, (_, user) => user);
  let serving = false;
  let lastTerms: Readonly<Record<string, number>> = {};

  const streamsOf =
    (round: number) =>
    (...path: readonly (string | number)[]) =>
      streamOf(seed, round, ...(startOf === undefined ? [] : [name]), ...path);

  const reply = (
    { round }: Message,
    kind: "trained" | "finished",
    said: Omit<PassReply, "stale">,
  ): Message => ({
    kind,
    stage: name,
    round,
    arrays: {},
    metadata: { ...said, stale: choice.stale() },
  });

  return {
    handle: async (request, signal) => {
      const { round } = request;
      const isLast = request.kind === "finish";
      const valid =
        isLast || round % config.validateEvery === 0 ? await choice.consider(round) : {};
      const finished = isLast || choice.hasFinished();
      const nothing = { users: 0, terms: {}, valid, finished };
      if (isLast) {
        choice.serve();
        serving = true;
        if (startOf !== undefined) await storeStart(context, startOf, learned);
        else {
          await world.keep();
          await storeFindings(context, world, { terms: lastTerms });
        }
        return reply(request, "finished", nothing);
      }
      if (finished) return reply(request, "trained", nothing);
      const total = await train(everybody, {
        round,
        streamOf: streamsOf(round),
        signal,
        onProgress: (share) => context.onProgress?.({ work: "training", share }),
      });
      const { loss, terms } = total.means();
      lastTerms = terms;
      const { users } = total.sum();
      const trained = { users, ...(loss !== undefined && { trainLoss: loss }), terms };
      return reply(request, "trained", { ...trained, valid, finished });
    },
    save: () => {
      const array = (data: Float32Array) => ({ shape: [data.length], data });
      const { best, metadata } = choice.save();
      return {
        arrays: {
          values: array(values),
          ...Object.fromEntries(
            Object.entries(memory.moments).map(([name, data]) => [`moment:${name}`, array(data)]),
          ),
          ...(best && { best: array(best) }),
        },
        metadata: { step: memory.step, choice: metadata, serving, terms: lastTerms },
      };
    },
    load: ({ arrays, metadata }) => {
      values.set(arrays["values"]!.data);
      for (const [name, moment] of Object.entries(memory.moments))
        moment.set(arrays[`moment:${name}`]!.data);
      memory.step = metadata["step"] as number;
      const best = arrays["best"]?.data as Float32Array | undefined;
      choice.load(best?.slice(), metadata["choice"] as Parameters<typeof choice.load>[1]);
      lastTerms = metadata["terms"] as typeof lastTerms;
      serving = metadata["serving"] === true;
      if (serving) choice.serve();
    },
    close: world.close,
  };
}
