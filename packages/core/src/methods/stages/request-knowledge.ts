import { z } from "zod";
import type { ClientContext } from "../../federation/client-context.ts";
import type { Stage } from "../../federation/stage.ts";
import {
  fillHistory,
  longestHistory,
  populationOf,
  populationParts,
  requestsOf,
  type Requests,
} from "../../population/index.ts";
import {
  requestKnowledge,
  type KnowledgeSettings,
  type RequestReader,
} from "../../request/index.ts";
import type { Request } from "../../training/population/index.ts";
import { storeHistories } from "./kept-histories.ts";
import { storePopulation } from "./kept-population.ts";
import { knowledgeToKeep } from "./knowledge-to-keep.ts";
import { askOnce, stateless } from "./single-request.ts";

/**
 * Leaves a scorer by what requests know of candidates, without a model: the weighted sum x of their numbers,
 * as (1 + x / (1 + |x|)) / 2. That is between 0 and 1 in the order of x, and unlike a sigmoid keeps large
 * sums apart; nothing fits it to frequencies.
 */
export function requestKnowledgeStage(settings: KnowledgeSettings): Stage {
  const empty = z.strictObject({});
  return {
    name: "count",
    messages: {
      count: {
        arrays: {},
        metadata: empty,
        purpose: "asks the party that holds all training events to sum them up over users",
        answeredBy: ["counted"],
      },
      counted: { arrays: {}, metadata: empty, purpose: "says that it did" },
    },
    server: (context) => askOnce(context, "count", "count"),
    client: async (context) => {
      const serve = () => serving(context, settings);
      const client = stateless(async ({ round }) => {
        const { population, knowledge } = serve();
        const weights = Float64Array.from(population.domains.flatMap(() => [...knowledge.weights]));
        await storePopulation(context, {
          ...knowledgeToKeep(population, knowledge, { settings, weights }),
          model: undefined,
        });
        await storeHistories(context, population, undefined);
        return { kind: "counted", stage: "count", round, arrays: {}, metadata: {} };
      });
      return { ...client, load: () => void serve() };
    },
  };
}

function serving({ splits, memory }: ClientContext, settings: KnowledgeSettings) {
  const population = populationOf(splits);
  const knowledge = requestKnowledge(population, settings);
  const scores = knowledgeScores(knowledge.reader(), knowledge.weights);
  const requests = requestsOf(population);
  const history = new Int32Array(longestHistory(population));
  const items = new Int32Array(history.length);
  const read = (event: number) => {
    const to = fillHistory(population, event, history);
    for (let h = 0; h < to; h++) items[h] = population.item[history[h]!]!;
    return { items, from: 0, to, days: population.days[event]! };
  };
  memory.data = { parts: populationParts(splits) };
  memory.scorer = {
    score: (examples, part) => Promise.resolve(scores(requests(examples, part), read)),
  };
  return { population, knowledge };
}

/** Scores of candidates, those of a request being adjacent, by what their requests know of them. */
export function knowledgeScores(reader: RequestReader, weights: Float64Array) {
  const numbers = new Float32Array(weights.length);
  return (
    { event, item }: Requests,
    read: (event: number) => Omit<Request, "user">,
  ): Float64Array => {
    const scores = new Float64Array(item.length);
    let days = 0;
    for (let i = 0; i < item.length; i++) {
      if (i === 0 || event[i] !== event[i - 1]) {
        const asked = read(event[i]!);
        days = asked.days;
        reader.begin();
        for (let h = asked.from; h < asked.to; h++) reader.push(asked.items[h]!);
      }
      reader.write(item[i]!, days, numbers, 0);
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * numbers[k]!;
      scores[i] = (1 + sum / (1 + Math.abs(sum))) / 2;
    }
    return scores;
  };
}
