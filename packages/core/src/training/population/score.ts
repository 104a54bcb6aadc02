import type { EvaluationExamples } from "../../data/index.ts";
import {
  domainOf,
  fillHistory,
  longestHistory,
  requestsOf,
  userOf,
  type Population,
} from "../../population/index.ts";
import {
  requestScorer,
  type Request,
  type RequestScorer,
  type RequestScorerOptions,
} from "./request-scorer.ts";

export interface ScorerOptions extends Omit<RequestScorerOptions, "itemStarts"> {
  readonly population: Population;
}

/** Scores what users may want next. */
export interface PopulationScorer extends Pick<RequestScorer, "represent" | "close"> {
  /** Logits of examples of a domain's part, [numRows], as `RequestScorer` has them. */
  readonly score: (examples: EvaluationExamples, part: string) => Promise<Float64Array>;
}

/** Examples that are looked up at a time: full ranking has millions. */
const ROWS = 2 ** 18;

export async function populationScorer({
  population,
  ...options
}: ScorerOptions): Promise<PopulationScorer> {
  const { itemStarts, item: itemOfEvent, days } = population;
  const { candidates, score, represent, close } = await requestScorer({ ...options, itemStarts });
  const history = new Int32Array(longestHistory(population));
  const items = new Int32Array(history.length);

  const read = (event: number): Request => {
    const known = fillHistory(population, event, history);
    for (let h = 0; h < known; h++) items[h] = itemOfEvent[history[h]!]!;
    return { user: userOf(population, event), items, from: 0, to: known, days: days[event]! };
  };

  return {
    score: async (examples, part) => {
      const domain = domainOf(population, part);
      const asked = { domain, candidates: await candidates(domain), read };
      const requests = requestsOf(population);
      const all = new Float64Array(examples.numRows);
      for (let from = 0; from < examples.numRows; from += ROWS) {
        const to = Math.min(examples.numRows, from + ROWS);
        all.set(await score(requests(examples, part, { from, to }), asked), from);
      }
      return all;
    },
    represent,
    close,
  };
}
