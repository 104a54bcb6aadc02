import { createArena, type Arena } from "../../kernels/index.ts";
import type { ChunkSizes, CrossDomainModel } from "../../models/cross-domain/index.ts";
import type { Requests, TrainingEvents } from "../../population/index.ts";
import type { RequestReader } from "../../request/index.ts";
import type { Executor } from "../../tensor/index.ts";
import { candidateVectors } from "./candidate-vectors.ts";
import type { ItemRows } from "./item-rows.ts";
import { pairScorer } from "./pair-scorer.ts";
import { queryRunner, type Requester } from "./query-runner.ts";
import type { LearnedVector } from "./types.ts";

export interface RequestScorerOptions {
  readonly model: CrossDomainModel;
  readonly sizes: ChunkSizes;
  readonly learned: Pick<LearnedVector, "layout" | "values">;
  readonly rows?: Pick<ItemRows, "begin" | "gather"> | undefined;
  readonly publicVectors?: Float32Array | undefined;
  /** [users, D, P], where the sizes have profiles: made of training events, whatever the request. */
  readonly profiles?: Float32Array | undefined;
  /** [D + 1], as in `Population`. */
  readonly itemStarts: Int32Array;
  /** What requests know of candidates, with what it counts: [D, K], read anew each time. */
  readonly request?: { readonly reader: RequestReader; readonly weights: Float32Array } | undefined;
  readonly executor: Executor;
  readonly arena?: Arena;
}

/** What is known when a request is made: who asks, what was chosen before, and the time in days. */
export interface Request extends Requester {
  readonly days: number;
}

export interface AskedOf {
  readonly domain: number;
  /** What `candidates` gives of the domain. */
  readonly candidates: Float32Array;
  /** The request of a number; it holds until the next one is read. */
  readonly read: (event: number) => Request;
}

/** Scores what users may want next, whoever knows their histories. */
export interface RequestScorer {
  /** Vectors of all items of a domain, [items, width], of the parameters as they are, which `score` then reads. */
  readonly candidates: (domain: number) => Promise<Float32Array>;
  /**
   * Logits of candidates, [n], those of a request being adjacent:
   *
   *   head(query of the request's history, vector of the item) + sum_k weight_k number_k
   */
  readonly score: (requests: Requests, asked: AskedOf) => Promise<Float64Array>;
  /**
   * [n, D + 1, width]: last states of each domain's encoder, then of the merged one, after all training
   * events of n users. A user without events has zeros.
   */
  readonly represent: (users: Int32Array, events: TrainingEvents) => Promise<Float32Array>;
  readonly close: () => Promise<void>;
}

export async function requestScorer(options: RequestScorerOptions): Promise<RequestScorer> {
  const { model, sizes, rows, itemStarts, request } = options;
  const { users: places, domains, width } = sizes;
  const shared = { ...options, arena: options.arena ?? createArena() };
  const runner = await queryRunner(shared);
  const vectors = await candidateVectors(shared);
  const pairs = model.head.kind === "product" ? undefined : await pairScorer(shared);
  const queryWidth = model.head.queryWidth(sizes);
  const numbers = new Float32Array(request?.reader.names.length ?? 0);

  /** Places the requests of candidates from `from` on, as many as fit; gives the first candidate that is left. */
  const place = ({ event }: Requests, from: number, read: AskedOf["read"]): number => {
    runner.clear();
    let requests = 0;
    for (let i = from; i < event.length; i++) {
      if (i > from && event[i] === event[i - 1]) continue;
      if (requests === places) return i;
      runner.place(requests, read(event[i]!));
      requests += 1;
    }
    return event.length;
  };

  /** Adds what the head says of candidates whose requests were placed. */
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
  const addNumbers = (
    { event, item }: Requests,
    { domain, read }: AskedOf,
    logits: Float64Array,
  ): void => {
    if (request === undefined) return;
    const { reader, weights } = request;
    let days = 0;
    for (let i = 0; i < event.length; i++) {
      if (i === 0 || event[i] !== event[i - 1]) {
        const asked = read(event[i]!);
        days = asked.days;
        reader.begin();
        for (let h = asked.from; h < asked.to; h++) reader.push(asked.items[h]!);
      }
      reader.write(item[i]!, days, numbers, 0);
      for (let k = 0; k < numbers.length; k++)
        logits[i]! += weights[domain * numbers.length + k]! * numbers[k]!;
    }
  };

  return {
    candidates: (domain) => {
      rows?.begin?.();
      return vectors.of(itemStarts[domain]!, itemStarts[domain + 1]!);
    },
    score: async (requests, asked) => {
      const { domain, candidates, read } = asked;
      const start = itemStarts[domain]!;
      const logits = new Float64Array(requests.event.length);
      for (let from = 0; from < logits.length;) {
        const to = place(requests, from, read);
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
      addNumbers(requests, asked, logits);
      return logits;
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
