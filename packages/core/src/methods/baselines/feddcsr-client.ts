import { limitLists, type EvaluationExamples } from "../../data/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import type { StageClient } from "../../federation/stage.ts";
import type { Message, WireArray } from "../../federation/types.ts";
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
import { prefixed, unprefixed } from "../stages/named.ts";
import { numbersToWire, wireToNumbers } from "../stages/numbers-to-wire.ts";
import { roundChoice } from "../stages/round-choice.ts";
import type { TrainReply } from "../stages/train-reply.ts";
import { validationValue } from "../stages/validation.ts";
import type { MethodSettings } from "../types.ts";
import { feddcsrTrainer, type GlobalStates } from "./feddcsr-trainer.ts";
import { userNumber } from "./feddcsr-users.ts";

/** The client half: a domain's model, validated as it is received and after the last round. */
export async function feddcsrClient(
  context: ClientContext,
  { training, ...rest }: MethodSettings,
  config: FeddcsrSettings,
): Promise<StageClient> {
  const settings = { ...rest, training };
  const { name, seed, executor, splits, memory: left } = context;
  const { localEpochs } = settings.federation;
  const population = populationOf(splits);
  const events = trainingEvents(population);
  const parts = populationParts(splits);
  const numItems = population.itemIds.length;
  const trainer = await feddcsrTrainer({
    name,
    seed,
    executor,
    settings: config,
    optimiser: training.optimiser,
    numItems,
    events,
  });
  const { values, sharedSize, memory } = trainer;
  const choice = roundChoice(settings);
  const users = knownUsers(population.userIds, events.starts);
  let serving = false;

  const requests = requestsOf(population);
  const scratch = new Int32Array(longestHistory(population));
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
    return Float64Array.from(
      item,
      (own, i) => 1 / (1 + Math.exp(-trainer.logit(states, at[i]!, own))),
    );
  };

  const validate = async (round: number): Promise<Record<string, number>> => {
    const valid: Record<string, number> = {};
    for (const part of parts) {
      const examples = limitLists(part.valid, settings.validationLists);
      if (examples.numRows === 0) continue;
      const scores = await score(examples, part.client);
      const scored = { examples, scores, numUsers: part.numUsers };
      valid[part.client] = validationValue(part.client, scored, settings);
    }
    choice.consider(round, valid, () => ({ values: values.slice() }));
    return valid;
  };

  const serve = () => {
    serving = true;
    left.data = { parts };
    left.scorer = { score };
  };

  const install = (arrays: Message["arrays"]): GlobalStates | undefined => {
    const { shared, states } = arrays;
    if (shared!.data.length !== sharedSize)
      throw new RangeError(`${shared!.data.length} shared parameters instead of ${sharedSize}`);
    values.set(shared!.data);
    return states && globalStates(users.order, states, events.starts.length - 1);
  };

  const train = async (round: number, global: GlobalStates | undefined, signal?: AbortSignal) => {
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
  };

  return {
    handle: async ({ kind, round, arrays }, signal) => {
      const global = install(arrays);
      const valid = await validate(round);
      const reply = (own: Partial<TrainReply>, sent: Message["arrays"]): Message => ({
        kind: kind === "finish" ? "finished" : "update",
        stage: "train",
        round,
        arrays: sent,
        metadata: {
          numExamples: trainer.users.length,
          valid,
          stale: choice.stale(),
          finished: choice.finished(),
          ...own,
        },
      });
      if (kind === "finish") {
        const best = choice.best();
        if (best) values.set(best["values"]!);
        serve();
        return reply({ finished: true }, {});
      }
      const trainLoss = await train(round, global, signal);
      const histories = Array.from(users.order, (user) =>
        events.item.slice(events.starts[user], events.starts[user + 1]),
      );
      const states = await trainer.states(histories);
      const sent = values.slice(0, sharedSize);
      return reply(
        { trainLoss },
        {
          shared: { shape: [sharedSize], data: sent },
          users: { shape: [users.numbers.length], data: users.numbers },
          states: { shape: [users.numbers.length, config.width], data: states.shared },
        },
      );
    },
    save: () => {
      const own = { values, ...prefixed("moment:", memory.moments) };
      const chosen = choice.save();
      return {
        arrays: { ...numbersToWire(own), ...chosen.arrays },
        metadata: { ...chosen.metadata, step: memory.step, serving },
      };
    },
    load: (state) => {
      choice.load(state);
      values.set(state.arrays["values"]!.data);
      const moments = wireToNumbers(unprefixed("moment:", state.arrays));
      for (const [moment, numbers] of Object.entries(moments)) memory.moments[moment]!.set(numbers);
      memory.step = state.metadata["step"] as number;
      if (state.metadata["serving"] === true) serve();
    },
    close: trainer.close,
  };
}

/** Users with training events in the order of their numbers, which tells nothing of them. */
function knownUsers(ids: readonly string[], starts: Int32Array) {
  const users = ids.flatMap((id, user) =>
    starts[user + 1]! > starts[user]! ? [{ user, number: userNumber(id) }] : [],
  );
  users.sort((a, b) => a.number - b.number);
  return {
    order: Int32Array.from(users, ({ user }) => user),
    numbers: Float64Array.from(users, ({ number }) => number),
  };
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
