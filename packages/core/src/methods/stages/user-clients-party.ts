import { limitLists, type EvaluationExamples } from "../../data/index.ts";
import { AtollError } from "../../errors/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import type { StageClient } from "../../federation/stage.ts";
import type { Message } from "../../federation/types.ts";
import { choicesOf, type Choices } from "../../models/federated-recommenders/index.ts";
import { populationOf, populationParts, trainingEvents } from "../../population/index.ts";
import { streamOf, uniform } from "../../random/index.ts";
import type { MethodSettings } from "../types.ts";
import { prefixed, unprefixed } from "./named.ts";
import { numbersToWire, wireToNumbers } from "./numbers-to-wire.ts";
import { requestScorer } from "./request-scorer.ts";
import { roundChoice } from "./round-choice.ts";
import type { UserClientsMethod, UserClientsReply } from "./user-clients.ts";
import { validationValue } from "./validation.ts";

type Numbers = Readonly<Record<string, Float32Array>>;

/** The party's half: draws the users of a round, lets them answer, validates, and scores in the end. */
export async function userClientsParty(
  context: ClientContext,
  settings: MethodSettings,
  { sampling, validateEvery, server, users: simulate }: UserClientsMethod,
): Promise<StageClient> {
  const { seed, memory, splits } = context;
  const population = populationOf(splits);
  const choices = choicesOf(population, trainingEvents(population));
  const users = simulate(choices, seed);
  const parts = populationParts(splits);
  const validation = parts
    .map((part) => ({ ...part, rows: limitLists(part.valid, settings.validationLists) }))
    .filter(({ rows }) => rows.numRows > 0);
  const scorer = requestScorer(population);
  const choice = roundChoice(settings);
  const shape = [choices.numItems, server.width];
  const size = choices.numItems * server.width;
  const sum = new Float64Array(size);
  let served: Float32Array | undefined;

  const validate = async (round: number, items: Float32Array): Promise<Record<string, number>> => {
    const predictor = users.predictor(items);
    const values: Record<string, number> = {};
    for (const { client, rows, numUsers } of validation) {
      const score = async (examples: EvaluationExamples) => scorer(predictor, examples, client);
      values[client] = await validationValue(client, { rows, numUsers, score }, settings);
    }
    choice.consider(round, values, () => ({
      items: items.slice(),
      ...prefixed("home:", copied(users.home)),
    }));
    return values;
  };

  const serve = (items: Float32Array) => {
    served = items;
    memory.data = { parts };
    memory.scorer = {
      score: async (examples, part) => scorer(users.predictor(items), examples, part),
    };
  };

  const answer = async (round: number, items: Float32Array, signal?: AbortSignal) => {
    const drawn = drawUsers(choices, sampling, streamOf(seed, "users", round));
    sum.fill(0);
    const { loss, examples } = await users.answer({
      shared: items,
      users: drawn,
      sum,
      streamOf: (user) => streamOf(seed, "user", round, user),
      signal,
      onProgress: (share) => context.onProgress?.({ work: "training", share }),
    });
    if (!Number.isFinite(loss))
      throw new AtollError(
        "TRAINING_DIVERGED",
        `client "${context.name}": the users' mean loss became ${loss} in round ${round}; lower the method's learningRate`,
      );
    return { numExamples: examples, clients: drawn.length, trainLoss: loss };
  };

  return {
    handle: async ({ kind, round, arrays }, signal) => {
      const items = arrays["items"]!.data as Float32Array;
      const last = kind === "finish";
      const valid = last || round % validateEvery === 0 ? await validate(round, items) : {};
      const finished = last || choice.finished();
      const reply = (own: Partial<UserClientsReply>, sent: Message["arrays"]): Message => ({
        kind: last ? "finished" : "update",
        stage: "train",
        round,
        arrays: sent,
        metadata: {
          numExamples: 0,
          clients: 0,
          valid,
          stale: choice.stale(),
          finished,
          clientBytes: { up: size * 4, down: size * 4 },
          ...own,
        },
      });
      if (last) {
        const best = choice.best();
        if (best) install(users.home, unprefixed("home:", best));
        serve(best?.["items"] ?? items.slice());
      }
      if (finished) return reply({}, {});
      const said = await answer(round, items, signal);
      return reply(said, { sum: { shape, data: Float32Array.from(sum) } });
    },
    save: () => {
      const { arrays, metadata } = choice.save();
      const own = { ...prefixed("home:", users.home), ...(served && { served }) };
      return { arrays: { ...arrays, ...numbersToWire(own) }, metadata };
    },
    load: (state) => {
      choice.load(state);
      install(users.home, wireToNumbers(unprefixed("home:", state.arrays)));
      const items = state.arrays["served"];
      if (items) serve((items.data as Float32Array).slice());
    },
    close: async () => {},
  };
}

/**
 * Each user by itself with the given probability. One without a choice has nothing to learn from, and is left
 * out: whether there are any choices is not told by a sum.
 */
function drawUsers(
  { numUsers, offsets }: Choices,
  sampling: number,
  random: ReturnType<typeof streamOf>,
): Int32Array {
  return Int32Array.from({ length: numUsers }, (_, user) => user)
    .filter(() => uniform(random) < sampling)
    .filter((user) => offsets[user + 1]! > offsets[user]!);
}

function copied(arrays: Numbers): Numbers {
  return Object.fromEntries(Object.entries(arrays).map(([name, data]) => [name, data.slice()]));
}

function install(home: Numbers, from: Numbers): void {
  for (const [name, data] of Object.entries(from)) home[name]!.set(data);
}
