import type { EvaluationExamples } from "../../data/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import type { StageClient } from "../../federation/stage.ts";
import type { WireArray } from "../../federation/types.ts";
import type { FeddcsrSettings } from "../../models/federated-recommenders/index.ts";
import {
  fillHistory,
  longestHistory,
  populationOf,
  populationParts,
  requestsOf,
  trainingEvents,
} from "../../population/index.ts";
import { streamOf } from "../../random/index.ts";
import { knownUsers } from "../stages/common-users.ts";
import { domainClient } from "../stages/domain-client.ts";
import { sigmoidsOfLists } from "../stages/list-scores.ts";
import type { MethodSettings } from "../types.ts";
import { feddcsrTrainer, type GlobalStates } from "./feddcsr-trainer.ts";

/** The client half: a domain's model, and one vector for each of its users. */
export async function feddcsrClient(
  context: ClientContext,
  settings: MethodSettings,
  config: FeddcsrSettings,
): Promise<StageClient> {
  const { name, seed, executor, splits } = context;
  const { localEpochs } = settings.federation;
  const population = populationOf(splits);
  const events = trainingEvents(population);
  const numUsers = events.starts.length - 1;
  const trainer = await feddcsrTrainer({
    name,
    seed,
    executor,
    settings: config,
    optimiser: settings.training.optimiser,
    numItems: population.itemIds.length,
    events,
  });
  const { values, sharedSize } = trainer;
  const users = knownUsers(population.userIds, events.starts);
  const requests = requestsOf(population);
  const scratch = new Int32Array(longestHistory(population));
  let global: GlobalStates | undefined;

  const score = async (examples: EvaluationExamples, part: string): Promise<Float64Array> => {
    const { event, item } = requests(examples, part);
    const histories: Int32Array[] = [];
    const at = event.map((own, i) => {
      if (own !== event[i - 1]) {
        const size = fillHistory(population, own, scratch);
        histories.push(scratch.slice(0, size).map((past) => population.item[past]!));
      }
      return histories.length - 1;
    });
    const states = await trainer.states(histories);
    const logits = Float64Array.from(item, (own, i) => trainer.logit(states, at[i]!, own));
    return sigmoidsOfLists(logits, examples);
  };

  return domainClient(context, settings, {
    learned: { values },
    memory: trainer.memory,
    numExamples: trainer.users.length,
    parts: populationParts(splits),
    score,
    install: ({ shared, states }) => {
      if (shared!.data.length !== sharedSize)
        throw new RangeError(`${shared!.data.length} shared parameters instead of ${sharedSize}`);
      values.set(shared!.data);
      global = states && globalStates(users.order, states, numUsers);
    },
    train: async (round, signal) => {
      let loss = 0;
      for (let epoch = 0; epoch < localEpochs; epoch++)
        loss += await trainer.pass({
          random: streamOf(seed, round, name, "pass", epoch),
          global,
          signal,
          onProgress: (share) =>
            context.onProgress?.({ work: "training", share: (epoch + share) / localEpochs }),
        });
      return loss / localEpochs;
    },
    share: async () => {
      const histories = Array.from(users.order, (user) =>
        events.item.slice(events.starts[user], events.starts[user + 1]),
      );
      const states = await trainer.states(histories);
      return {
        shared: { shape: [sharedSize], data: values.slice(0, sharedSize) },
        users: { shape: [users.numbers.length], data: users.numbers },
        states: { shape: [users.numbers.length, config.width], data: states.shared },
      };
    },
    close: trainer.close,
  });
}

/** What the server said of users, by the client's own numbering. */
function globalStates(
  order: Int32Array,
  { shape, data }: WireArray,
  numUsers: number,
): GlobalStates {
  const width = shape[1]!;
  const states = new Float32Array(numUsers * width);
  const known = new Uint8Array(numUsers);
  order.forEach((user, i) => {
    known[user] = 1;
    states.set((data as Float32Array).subarray(i * width, (i + 1) * width), user * width);
  });
  return { states, known };
}
