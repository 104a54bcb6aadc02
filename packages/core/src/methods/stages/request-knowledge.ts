import { z } from "zod";
import type { EvaluationExamples } from "../../data/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import type { Stage } from "../../federation/stage.ts";
import {
  fillHistory,
  longestHistory,
  populationOf,
  populationParts,
  requestsOf,
} from "../../population/index.ts";
import { requestKnowledge, type KnowledgeSettings } from "../../request/index.ts";
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
      const prepare = () => serve(context, settings);
      const client = stateless(async ({ round }) => {
        prepare();
        return { kind: "counted", stage: "count", round, arrays: {}, metadata: {} };
      });
      return { ...client, load: prepare };
    },
  };
}

function serve({ splits, memory }: ClientContext, settings: KnowledgeSettings): void {
  const population = populationOf(splits);
  const knowledge = requestKnowledge(population, settings);
  const { weights } = knowledge;
  const reader = knowledge.reader();
  const requests = requestsOf(population);
  const history = new Int32Array(longestHistory(population));
  const numbers = new Float32Array(weights.length);
  const score = (examples: EvaluationExamples, part: string): Float64Array => {
    const { event, item } = requests(examples, part);
    const scores = new Float64Array(item.length);
    for (let i = 0; i < item.length; i++) {
      if (i === 0 || event[i] !== event[i - 1]) {
        reader.begin();
        const length = fillHistory(population, event[i]!, history);
        for (let h = 0; h < length; h++) reader.push(population.item[history[h]!]!);
      }
      reader.write(item[i]!, population.days[event[i]!]!, numbers, 0);
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * numbers[k]!;
      scores[i] = (1 + sum / (1 + Math.abs(sum))) / 2;
    }
    return scores;
  };
  memory.data = { parts: populationParts(splits) };
  memory.scorer = { score: (examples, part) => Promise.resolve(score(examples, part)) };
}
