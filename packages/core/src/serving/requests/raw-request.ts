import type { KeptPopulation } from "../../methods/index.ts";
import type { Known } from "./known.ts";
import type { NewRequest } from "./request-model.ts";

/** A request as files and callers write it. */
export interface RawRequest {
  /** Whose training events count; undefined: nobody's. */
  readonly user?: string | undefined;
  /** In the unit of the data's times; NaN: after all that is known. */
  readonly time: number;
  /**
   * All that was chosen before, oldest first, in place of what training knew of the user: "kitchen:pan", or
   * "tea" of the asked domain. None: what training knew counts.
   */
  readonly history: readonly string[];
  /** What was chosen after that, written alike. Default: nothing. */
  readonly since?: readonly string[];
  /** Ids of items; undefined: all items of the domain that are in no history. */
  readonly candidates: readonly string[] | undefined;
}

export interface ReadOptions {
  readonly kept: Pick<KeptPopulation, "itemStarts" | "lastDay">;
  readonly known: Known;
  readonly domain: number;
  /** Days of one in the column of times. */
  readonly daysPerUnit: number;
}

/** The request in numbers. What is no known item of a history is left out of it. */
export function readRequest(
  { user, time, history, since = [], candidates }: RawRequest,
  { kept: { itemStarts, lastDay }, known, domain, daysPerUnit }: ReadOptions,
): NewRequest {
  const number = user === undefined ? -1 : known.userOf(user);
  const isTimed = !Number.isNaN(time);
  const days = isTimed ? time * daysPerUnit : lastDay + 1;
  const itemsIn = (texts: readonly string[]) =>
    texts.map((text) => known.markedItemOf(text, domain)).filter((item) => item >= 0);
  const before =
    history.length > 0
      ? itemsIn(history)
      : known.eventsOf(number, { domain, days: isTimed ? days : Infinity });
  const items = Int32Array.from([...before, ...itemsIn(since)]);
  return { user: number, items, days, candidates: candidatesOf() };

  function candidatesOf(): Int32Array {
    if (candidates !== undefined)
      return Int32Array.from(candidates, (id) => known.itemOf(domain, id));
    const had = new Set(items);
    const [start, end] = [itemStarts[domain]!, itemStarts[domain + 1]!];
    return Int32Array.from({ length: end - start }, (_, i) => start + i).filter(
      (item) => !had.has(item),
    );
  }
}
