import type { ExportedModel } from "../../export/finish.ts";
import type { Feed } from "../../export/feeds.ts";
import type { RawRequest } from "../raw-request.ts";
import type { RequestInput } from "./export-requests.ts";

/** Requests that name their candidates. */
export type ListedRequest = RawRequest & { readonly candidates: readonly string[] };

/** Requests as an exported model takes them: what whoever calls it does in their own language. */
export function requestFeeds(
  { inputs }: Pick<ExportedModel<RequestInput>, "inputs">,
  requests: readonly ListedRequest[],
): Readonly<Record<string, Feed>> {
  const longest = (lists: readonly (readonly string[])[]) =>
    lists.reduce((most, list) => Math.max(most, list.length), 1);
  const histories = requests.map(({ history }) => history);
  const lists = requests.map(({ candidates }) => candidates);
  const [events, places] = [longest(histories), longest(lists)];
  const blanks = (count: number) => Array<string>(count).fill("");
  const feeds: Record<RequestInput["name"], Feed> = {
    history: {
      type: "string",
      shape: [requests.length, events],
      data: histories.flatMap((own) => [...blanks(events - own.length), ...own]),
    },
    time: {
      type: "float64",
      shape: [requests.length],
      data: Float64Array.from(requests, ({ time }) => time),
    },
    candidates: {
      type: "string",
      shape: [requests.length, places],
      data: lists.flatMap((own) => [...own, ...blanks(places - own.length)]),
    },
  };
  return Object.fromEntries(inputs.map(({ name }) => [name, feeds[name]]));
}
