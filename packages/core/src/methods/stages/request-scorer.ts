import type { EvaluationExamples } from "../../data/index.ts";
import type { Predictor } from "../../models/federated-recommenders/index.ts";
import {
  fillHistory,
  longestHistory,
  requestsOf,
  userOf,
  type Population,
} from "../../population/index.ts";
import { sigmoidsOfLists } from "./list-scores.ts";

/**
 * Scores a domain's examples: each request is asked with the history before it. Sigmoids, between 0 and 1 in
 * the order of the scores; nothing fits them to frequencies.
 */
export function requestScorer(population: Population) {
  const requests = requestsOf(population);
  const events = new Int32Array(longestHistory(population));
  return (predictor: Predictor, examples: EvaluationExamples, part: string): Float64Array => {
    const { event, item } = requests(examples, part);
    const scores = new Float64Array(item.length);
    let last = -1;
    for (let i = 0; i < item.length; i++) {
      if (event[i] !== last) {
        last = event[i]!;
        const history = events.slice(0, fillHistory(population, last, events));
        predictor.begin(
          userOf(population, last),
          history.map((own) => population.item[own]!),
        );
      }
      scores[i] = predictor.score(item[i]!);
    }
    return sigmoidsOfLists(scores, examples);
  };
}
