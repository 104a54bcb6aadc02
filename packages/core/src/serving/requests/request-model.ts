import {
  knowledgeScores,
  sigmoidsOfLists,
  softmaxOfLists,
  type KeptHistories,
  type KeptPopulation,
} from "../../methods/index.ts";
import type { Requests } from "../../population/index.ts";
import type { Executor } from "../../tensor/index.ts";
import { requestScorer, type Request } from "../../training/population/index.ts";
import { keptReader } from "./reader.ts";
import { restoreUserModel } from "./user-model.ts";

/** What is asked of a model of users. */
export interface NewRequest {
  /** Number among the users that training knew; -1: none of them. */
  readonly user: number;
  /** Numbers of the items that were chosen before, oldest first. */
  readonly items: Int32Array;
  readonly days: number;
  /** Numbers of the items to rank, all of one domain; -1: of no item that the model knows. */
  readonly candidates: Int32Array;
}

/** Scores requests as the evaluation scored test rows: with the same programs. */
export interface RequestModel {
  /**
   * Probabilities of each request's candidates, request after request, as the loss understands them: within
   * the request's list. A candidate that is no known item has probability 0 and is in no list.
   */
  readonly score: (requests: readonly NewRequest[]) => Promise<Float64Array>;
  readonly close: () => Promise<void>;
}

export interface RequestModelOptions {
  readonly domain: number;
  readonly profiles?: KeptHistories["profiles"];
  readonly executor: Executor;
}

/** Opens what a population kept for the items of one domain. */
export async function createRequestModel(
  kept: KeptPopulation,
  options: RequestModelOptions,
): Promise<RequestModel> {
  const scorer = await scorerOf(kept, options);
  return {
    score: async (requests) => {
      const asked = knownIn(requests);
      const { event, item } = asked;
      const read = (number: number): Request => {
        const { user, items, days } = requests[number]!;
        return { user, items, from: 0, to: items.length, days };
      };
      const known = await scorer.score(asked, read);
      const all = new Float64Array(asked.numCandidates);
      for (let i = 0; i < item.length; i++) all[asked.at[i]!] = known[i]!;
      if (event.length > 0 && !known.every(Number.isFinite))
        throw new RangeError("the model of users scores what is not finite");
      return all;
    },
    close: scorer.close,
  };
}

/** The candidates that are items, and their places among all. */
function knownIn(requests: readonly NewRequest[]) {
  const event: number[] = [];
  const item: number[] = [];
  const at: number[] = [];
  let numCandidates = 0;
  requests.forEach(({ candidates }, number) => {
    for (const candidate of candidates) {
      if (candidate >= 0) {
        event.push(number);
        item.push(candidate);
        at.push(numCandidates);
      }
      numCandidates += 1;
    }
  });
  return { event: Int32Array.from(event), item: Int32Array.from(item), at, numCandidates };
}

interface ListScorer {
  readonly score: (
    requests: Requests,
    read: (event: number) => Request,
  ) => Float64Array | Promise<Float64Array>;
  readonly close: () => Promise<void>;
}

async function scorerOf(
  kept: KeptPopulation,
  { domain, profiles, executor }: RequestModelOptions,
): Promise<ListScorer> {
  const { itemStarts, model: keptModel } = kept;
  const reader = keptReader(kept);
  const numNumbers = reader.names.length;
  if (keptModel === undefined) {
    const weights = kept.weights.subarray(domain * numNumbers, (domain + 1) * numNumbers);
    return { score: knowledgeScores(reader, weights), close: async () => {} };
  }
  const { sizes, loss, publicVectors } = keptModel;
  const { candidates, score, close } = await requestScorer({
    ...restoreUserModel(keptModel, kept),
    sizes,
    publicVectors,
    profiles,
    itemStarts,
    executor,
    request: numNumbers === 0 ? undefined : { reader, weights: Float32Array.from(kept.weights) },
  });
  const ofDomain = await candidates(domain);
  return {
    score: async (requests, read) => {
      const logits = await score(requests, { domain, candidates: ofDomain, read });
      const lists = { list: requests.event };
      return loss === "bce" ? sigmoidsOfLists(logits, lists) : softmaxOfLists(logits, lists);
    },
    close,
  };
}
