import type { KeptPopulation } from "../../../methods/index.ts";
import { uniform, uniformBelow, type RandomStream } from "../../../random/index.ts";
import { DOMAIN_MARK } from "../known.ts";
import type { ListedRequest } from "./request-feeds.ts";

export interface SampleRequestsOptions {
  readonly kept: KeptPopulation;
  readonly domain: number;
  readonly daysPerUnit: number;
  readonly random: RandomStream;
  /** Share of items, and of times, that are unknown or missing. */
  readonly strange: number;
  /** Of a request: at least and at most. */
  readonly candidates: readonly [least: number, most: number];
}

/** Days around the end of the training data among which times are drawn. */
const SPAN_DAYS = 400;

/**
 * Made-up requests of nobody: items of the catalogue and unknown ones, histories from none to longer than the
 * model reads, times before and after the training data's end. No event of the data is looked at.
 */
export function sampleRequests(
  numRequests: number,
  { kept, domain, daysPerUnit, random, strange, candidates: [least, most] }: SampleRequestsOptions,
): readonly ListedRequest[] {
  const { domains, itemIds, itemStarts, lastDay, model } = kept;
  const longest = 2 * (model === undefined ? 8 : model.sizes.length + model.sizes.domainLength);
  const idOf = (of: number) => {
    const count = itemStarts[of + 1]! - itemStarts[of]!;
    return count === 0 || uniform(random) < strange
      ? `unseen${uniformBelow(random, 1000)}`
      : itemIds[itemStarts[of]! + uniformBelow(random, count)]!;
  };
  return Array.from({ length: numRequests }, () => {
    const size = uniformBelow(random, longest + 1);
    return {
      time:
        uniform(random) < strange
          ? NaN
          : Math.floor((lastDay + (uniform(random) - 0.5) * SPAN_DAYS) / daysPerUnit),
      history: Array.from({ length: size }, () => {
        const of = uniformBelow(random, domains.length);
        return `${domains[of]!}${DOMAIN_MARK}${idOf(of)}`;
      }),
      candidates: Array.from({ length: least + uniformBelow(random, most + 1 - least) }, () =>
        idOf(domain),
      ),
    };
  });
}
