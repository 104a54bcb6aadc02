import { roleOf, type KeptPopulation } from "@atoll/core/methods";
import { DOMAIN_MARK, type ExportedModel, type RequestInput } from "@atoll/core/serving";
import type { Result } from "../../results/index.ts";
import { cardBase } from "../card-base.ts";
import type { Card } from "../card.ts";
import type { ServedRun } from "../choose.ts";
import type { Verified } from "../verify.ts";
import type { ServedRequests } from "./open-requests.ts";

interface RequestsCardOptions {
  readonly run: ServedRun;
  readonly served: ServedRequests;
  readonly exported: ExportedModel<RequestInput>;
  readonly verified: Verified;
  readonly result: Result;
  readonly versions: Readonly<Record<string, string>>;
}

/** What a domain's exported model of requests is. */
export function makeRequestsCard(options: RequestsCardOptions): Card {
  const { run, served, exported, verified, result, versions } = options;
  const { client, kept } = served;
  const data = result.clients[client]!;
  const base = cardBase({ run, client, verified, result, versions });
  return {
    ...base,
    model: kept.model === undefined ? { ...kept.settings } : { ...kept.model.config },
    tasks: ["choice"],
    inputs: exported.inputs.map(({ name }) => inputOf(name, served)),
    outputs: exported.outputs.map((name) => ({
      name,
      type: "float64" as const,
      shape: ["batch", "candidates"] as const satisfies Card["outputs"][number]["shape"],
      meaning: meaningOf(kept),
    })),
    data: {
      train: data.train,
      valid: data.valid,
      test: data.test,
      users: data.users,
      items: data.items,
      vocabularies: Object.fromEntries(
        kept.domains.map((domain, d) => [`item of ${domain}`, itemsOf(kept, d)]),
      ),
    },
    contains: contents(served, base.privacy),
    limits: limits(options),
  };
}

function itemsOf({ itemStarts }: KeptPopulation, domain: number): number {
  return itemStarts[domain + 1]! - itemStarts[domain]!;
}

function inputOf(
  name: RequestInput["name"],
  { client, kept, columns }: ServedRequests,
): Card["inputs"][number] {
  const { domains, model } = kept;
  switch (name) {
    case "history": {
      const read =
        model === undefined
          ? ""
          : `; encoders read the latest ${model.sizes.length}, and of each domain the latest ${model.sizes.domainLength}`;
      return {
        name,
        column: name,
        type: "string",
        shape: ["batch", "events"],
        meaning: `items that the user chose before the request, oldest first, such as "${domains[0]!}${DOMAIN_MARK}ID"${domains.length > 1 ? ` (of ${domains.join(", ")})` : ""}; those of ${client} also as plain ids; "" where there is none; at least one column${read}`,
      };
    }
    case "time":
      return {
        name,
        column: columns.time!,
        type: "float64",
        shape: ["batch"],
        meaning: `the time of the request, in ${columns.timeUnit ?? "seconds"} as the data have it (dates: since 1970-01-01 00:00 UTC); NaN: the day after the last training event`,
      };
    case "candidates":
      return {
        name,
        column: columns.item!,
        type: "string",
        shape: ["batch", "candidates"],
        meaning: `ids of items of ${client} to choose among; "" where there are fewer`,
      };
  }
}

function meaningOf({ model }: KeptPopulation): string {
  const unknown = 'of "" and of unknown items 0';
  switch (model?.loss) {
    case undefined:
      return `score between 0 and 1 by popularity and likeness, in their order; no frequency; ${unknown}`;
    case "sampled-softmax":
      return `probability that the candidate is the one that is chosen of its list, so that a list's add up to 1; ${unknown}`;
    case "bce":
      return `probability of the candidate against drawn ones; only the order within a list means something; ${unknown}`;
  }
}

/** What whoever holds the file can read out of it, without running anything. */
function contents({ client, kept, domain }: ServedRequests, privacy: Card["privacy"]): string[] {
  const { domains, times, text, model } = kept;
  const number = (value: number) => value.toLocaleString("en-US");
  const listed = domains.map((name, d) => `${number(itemsOf(kept, d))} of ${name}`).join(", ");
  return [
    `in plain text, ids of items: ${listed}, whether or not anybody chose them in training`,
    "no users: neither their ids nor what they chose",
    ...(text === undefined ? [] : ["which words the items' public texts share, by number"]),
    ...(times === undefined
      ? []
      : [popularityIn(times, `the ${number(itemsOf(kept, domain))} items of ${client}`)]),
    ...(model === undefined ? [] : [`every number that the model learned: ${traces(privacy)}`]),
  ];
}

function popularityIn(times: NonNullable<KeptPopulation["times"]>, items: string): string {
  if (times.kind === "events")
    return `how popular ${items} were, day by day: exact counts of training events follow from it, and no promise covers them`;
  return times.deviation > 0
    ? `how popular ${items} were, from published cells with noise of deviation ${times.deviation.toPrecision(3)}, which the promise counts; no exact count`
    : `how popular ${items} were, from published cells without noise, which are sums over users; no promise covers them`;
}

function traces(privacy: Card["privacy"]): string {
  return privacy === null
    ? "traces of single users' events may be drawn from them"
    : `they follow from noisy releases alone, and the promise bounds what they tell of one ${privacy.unit}`;
}

function limits({ run, served, result }: RequestsCardOptions): string[] {
  const { client, kept } = served;
  const { train } = result.clients[client]!;
  const { model, times } = kept;
  return [
    ...(model === undefined
      ? ["nothing was trained: it is what was popular, and like the history by its texts"]
      : [
          "one model of all clients: every file of this export has its numbers, each with the items of its own client to choose among",
          "probabilities hold within a request's list: with other candidates they are other ones",
        ]),
    `ranks items of ${client} as they were in the run: others have probability 0 as candidates and are passed over in histories`,
    ...(times === undefined
      ? []
      : [
          `popularity ends with the training data, ${kept.lastDay.toLocaleString("en-US")} days after the data's time 0 (${dateOf(kept.lastDay)}, where that is 1970): of later requests the windows run empty, so train it anew`,
        ]),
    ...(model !== undefined && model.sizes.profileWidth > 0
      ? [
          "profiles of users, which augmentation made up, are not inside: it answers as for a user without one, where the metrics above are of users with theirs",
        ]
      : []),
    `learned from ${train.toLocaleString("en-US")} events of ${client} as they were then: measure it again when habits or items change`,
    ...(roleOf(run.method.entry) === "reference"
      ? ["trained on the rows of all clients in one place, which no federation has"]
      : []),
    "not for decisions about people that need a reason: it gives a number without one",
  ];
}

function dateOf(day: number): string {
  const date = new Date(day * 86_400_000);
  return Number.isNaN(date.getTime()) ? "no date" : date.toISOString().slice(0, 10);
}
