import type { EvaluationExamples } from "../../data/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import type { StageClient } from "../../federation/stage.ts";
import { choicesOf, type P2fcdrSettings } from "../../models/federated-recommenders/index.ts";
import {
  populationOf,
  populationParts,
  requestsOf,
  trainingEvents,
  userOf,
} from "../../population/index.ts";
import { streamOf } from "../../random/index.ts";
import { knownUsers } from "../stages/common-users.ts";
import { domainClient } from "../stages/domain-client.ts";
import { sigmoidsOfLists } from "../stages/list-scores.ts";
import type { MethodSettings } from "../types.ts";
import { addLaplace, multiplied } from "./p2fcdr-mapping.ts";
import { p2fcdrTrainer } from "./p2fcdr-trainer.ts";

/** The client half: a domain's model, whose users' vectors it sends mapped into the other domain's space, with noise. */
export async function p2fcdrClient(
  context: ClientContext,
  settings: MethodSettings,
  config: P2fcdrSettings,
): Promise<StageClient> {
  const { name, seed, executor, splits } = context;
  const { width, noise } = config;
  const { localEpochs } = settings.federation;
  const population = populationOf(splits);
  const events = trainingEvents(population);
  const choices = choicesOf(population, events);
  const trainer = await p2fcdrTrainer({
    name,
    seed,
    executor,
    settings: config,
    optimiser: settings.training.optimiser,
    choices,
  });
  const { values, mapping, users, items, other, known } = trainer;
  const sent = knownUsers(population.userIds, events.starts);
  const requests = requestsOf(population);

  const score = async (examples: EvaluationExamples, part: string): Promise<Float64Array> => {
    const { event, item } = requests(examples, part);
    const user = event.map((own) => userOf(population, own));
    const asked = Int32Array.from(new Set(user));
    const placeOf = new Map(Array.from(asked, (own, place) => [own, place]));
    const fused = await trainer.fused(asked);
    const logits = Float64Array.from(item, (own, i) => {
      const at = placeOf.get(user[i]!)! * width;
      let logit = 0;
      for (let k = 0; k < width; k++) logit += fused[at + k]! * items[own * width + k]!;
      return logit;
    });
    return sigmoidsOfLists(logits, examples);
  };

  return domainClient(context, settings, {
    learned: { values, other, known },
    memory: trainer.memory,
    numExamples: choices.items.length,
    parts: populationParts(splits),
    score,
    install: (arrays) => {
      mapping.set(arrays["mapping"]!.data);
      if (arrays["states"] === undefined) return;
      // What the other domain's mapping made of its vectors is turned back by this one's, its transpose.
      const back = multiplied(arrays["states"].data as Float32Array, mapping, width);
      const has = arrays["known"]!.data;
      sent.order.forEach((user, i) => {
        known[user] = has[i]!;
        other.set(back.subarray(i * width, (i + 1) * width), user * width);
      });
    },
    train: async (round, signal) => {
      let loss = 0;
      for (let epoch = 0; epoch < localEpochs; epoch++)
        loss += await trainer.pass({
          random: streamOf(seed, round, name, "pass", epoch),
          signal,
          onProgress: (share) =>
            context.onProgress?.({ work: "training", share: (epoch + share) / localEpochs }),
        });
      return loss / localEpochs;
    },
    share: async (round) => {
      const own = new Float32Array(sent.order.length * width);
      sent.order.forEach((user, i) =>
        own.set(users.subarray(user * width, (user + 1) * width), i * width),
      );
      const states = multiplied(own, mapping, width);
      addLaplace(states, noise, streamOf(seed, round, name, "noise"));
      return {
        mapping: { shape: [width, width], data: mapping.slice() },
        users: { shape: [sent.numbers.length], data: sent.numbers },
        states: { shape: [sent.numbers.length, width], data: states },
      };
    },
    close: trainer.close,
  });
}
