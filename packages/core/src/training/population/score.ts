import type { EvaluationExamples } from "../../data/index.ts";
import { createArena, type Arena } from "../../kernels/index.ts";
import type { ChunkSizes, CrossDomainModel } from "../../models/cross-domain/index.ts";
import {
  domainOf,
  fillHistory,
  longestHistory,
  requestsOf,
  userOf,
  type Population,
  type Requests,
  type TrainingEvents,
} from "../../population/index.ts";
import type { RequestReader } from "../../request/index.ts";
import type { Executor } from "../../tensor/index.ts";
import { candidateVectors } from "./candidate-vectors.ts";
import type { ItemRows } from "./item-rows.ts";
import { pairScorer } from "./pair-scorer.ts";
import { queryRunner } from "./query-runner.ts";
import type { LearnedVector } from "./types.ts";

export interface ScorerOptions {
  readonly model: CrossDomainModel;
  readonly sizes: ChunkSizes;
  readonly learned: LearnedVector;
  readonly rows?: ItemRows | undefined;
  readonly publicVectors?: Float32Array | undefined;
  /** [users, D, P], where the sizes have profiles: made of training events, whatever the request. */
  readonly profiles?: Float32Array | undefined;
  readonly population: Population;
  /** What requests know of candidates, with what it counts: [D, K], read anew each time. */
  readonly request?: { readonly reader: RequestReader; readonly weights: Float32Array } | undefined;
  readonly executor: Executor;
  readonly arena?: Arena;
}

/** Scores what users may want next. */
export interface PopulationScorer {
  /**
   * Logits of examples of a domain's part, [numRows]:
   *
   *   head(query of the request's history, vector of the item) + sum_k weight_k number_k
   */
  readonly score: (examples: EvaluationExamples, part: string) => Promise<Float64Array>;
  /**
   * [n, D + 1, width]: last states of each domain's encoder, then of the merged one, after all training
   * events of n users. A user without events has zeros.
   */
  readonly represent: (users: Int32Array, events: TrainingEvents) => Promise<Float32Array>;
  readonly close: () => Promise<void>;
}

/** Examples that are looked up at a time: full ranking has millions. */
const ROWS = 2 ** 18;

export async function populationScorer(options: ScorerOptions): Promise<PopulationScorer> {
  const { model, sizes, rows, population, request } = options;
  const { users: places, domains, width } = sizes;
  const { itemStarts, item: itemOfEvent, days } = population;
  const shared = { ...options, itemStarts, arena: options.arena ?? createArena() };
  const runner = await queryRunner(shared);
  const vectors = await candidateVectors(shared);
  const pairs = model.head.kind === "product" ? undefined : await pairScorer(shared);
  const queryWidth = model.head.queryWidth(sizes);
  const history = new Int32Array(longestHistory(population));
  const past = new Int32Array(history.length);
  const numbers = new Float32Array(request?.reader.names.length ?? 0);

  /** Places the requests of examples from `from` on, as many as fit; gives the first example that is left. */
  const place = ({ event }: Requests, from: number): number => {
    runner.clear();
    let requests = 0;
    for (let i = from; i < event.length; i++) {
      if (i > from && event[i] === event[i - 1]) continue;
      if (requests === places) return i;
      const known = fillHistory(population, event[i]!, history);
      for (let h = 0; h < known; h++) past[h] = itemOfEvent[history[h]!]!;
      const user = userOf(population, event[i]!);
      runner.place(requests, { user, items: past, from: 0, to: known });
      requests += 1;
    }
    return event.length;
  };

  /** Adds what the head says of examples that were placed. */
  const addProducts = (
    { event, item }: Requests,
    { from, to, domain }: { readonly from: number; readonly to: number; readonly domain: number },
    candidates: Float32Array,
    logits: Float64Array,
  ): void => {
    let at = domain * queryWidth;
    for (let i = from; i < to; i++) {
      if (i > from && event[i] !== event[i - 1]) at += domains * queryWidth;
      const vector = (item[i]! - itemStarts[domain]!) * width;
      let product = 0;
      for (let k = 0; k < width; k++) product += runner.queries[at + k]! * candidates[vector + k]!;
      logits[i]! += product;
    }
  };

  /** Adds what requests know of candidates. */
  const addNumbers = ({ event, item }: Requests, domain: number, logits: Float64Array): void => {
    if (request === undefined) return;
    const { reader, weights } = request;
    for (let i = 0; i < event.length; i++) {
      if (i === 0 || event[i] !== event[i - 1]) {
        const known = fillHistory(population, event[i]!, history);
        reader.begin();
        for (let h = 0; h < known; h++) reader.push(itemOfEvent[history[h]!]!);
      }
      reader.write(item[i]!, days[event[i]!]!, numbers, 0);
      for (let k = 0; k < numbers.length; k++)
        logits[i]! += weights[domain * numbers.length + k]! * numbers[k]!;
    }
  };

  return {
    score: async (examples, part) => {
      rows?.begin?.();
      const domain = domainOf(population, part);
      const start = itemStarts[domain]!;
      const candidates = await vectors.of(start, itemStarts[domain + 1]!);
      const read = requestsOf(population);
      const all = new Float64Array(examples.numRows);
      for (let begin = 0; begin < examples.numRows; begin += ROWS) {
        const end = Math.min(examples.numRows, begin + ROWS);
        const requests = read(examples, part, { from: begin, to: end });
        const logits = all.subarray(begin, end);
        for (let from = 0; from < logits.length;) {
          const to = place(requests, from);
          await runner.run();
          if (pairs === undefined) addProducts(requests, { from, to, domain }, candidates, logits);
          else
            await pairs.add(
              { ...requests, from, to, start },
              { domain, query: runner.queries, candidates },
              logits,
            );
          from = to;
        }
        addNumbers(requests, domain, logits);
      }
      return all;
    },
    represent: async (users, { item, starts }) => {
      rows?.begin?.();
      const size = (domains + 1) * width;
      const out = new Float32Array(users.length * size);
      for (let from = 0; from < users.length; from += places) {
        const inRun = users.subarray(from, from + places);
        runner.clear();
        inRun.forEach((user, i) =>
          runner.place(i, { user, items: item, from: starts[user]!, to: starts[user + 1]! }),
        );
        await runner.run();
        inRun.forEach((user, i) => {
          if (starts[user] === starts[user + 1]) return;
          const own = runner.representations.subarray(i * size, (i + 1) * size);
          out.set(own, (from + i) * size);
        });
      }
      return out;
    },
    close: async () => {
      await runner.close();
      await vectors.close();
      await pairs?.close();
    },
  };
}
