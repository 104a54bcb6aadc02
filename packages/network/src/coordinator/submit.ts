import { clientsOfWorld } from "@atoll/core/data";
import { AtollError } from "@atoll/core/errors";
import { canonicalJson } from "@atoll/core/federation";
import { methodOf } from "@atoll/core/methods";
import { partiesOf, planOf, type PlannedMethod } from "@atoll/node/runs";
import { experimentSchema, type Experiment } from "@atoll/node/experiment";
import { refuseExtensions } from "../policy/index.ts";
import type { BlobStore } from "../blobs/index.ts";
import type { Job } from "../protocol/index.ts";
import type { NewRun } from "../record/index.ts";
import type { RoundRules } from "./rounds.ts";

export interface Submission {
  /** The resolved experiment. */
  readonly experiment: Record<string, unknown>;
  /** Who takes part where the experiment names no clients of its own: methods whose parties share users. */
  readonly clients?: readonly string[] | undefined;
  readonly rounds: RoundRules;
}

export interface PlannedRun {
  readonly run: NewRun;
  /** Methods that need everybody's rows in one place, or other clients than take part, and so run nowhere. */
  readonly leftOut: readonly string[];
}

/** Says who is which party of which method, and writes a job for each. */
export async function planSubmission(
  id: string,
  { experiment: given, clients: named, rounds }: Submission,
  { blobs }: { readonly blobs: BlobStore },
): Promise<PlannedRun> {
  refuseExtensions(given);
  const experiment: Experiment = experimentSchema.parse(given);
  const own =
    experiment.data.kind === "files"
      ? Object.keys(experiment.data.clients)
      : clientsOfWorld(experiment.data);
  const planned = planOf(experiment).methods;
  // The reference of a made-up world has a party for each of its clients; beside shards there may be others.
  const isSharded = planned.some(({ entry }) => methodOf(entry.kind).parties === "population");
  const areOthers = isSharded && named !== undefined && named.length !== own.length;
  const isLeftOut = ({ entry }: PlannedMethod) =>
    methodOf(entry.kind).parties === "pooled" || (areOthers && entry.kind === "best-possible");
  const leftOut = planned.filter(isLeftOut).map(({ entry }) => entry.name);
  const kept = planned.filter((method) => !isLeftOut(method));
  checkKept(kept, leftOut);
  const shares = kept.some(({ entry }) => methodOf(entry.kind).parties === "clients");
  const clients = (shares ? own : (named ?? [])).toSorted();
  if (clients.length === 0)
    throw new AtollError(
      "DEPLOY_PARTIES",
      `run "${experiment.name}": users of all methods are shared among clients, but none is named; name them with --clients A,B`,
    );
  const parties = seatsOf(kept, { own, clients });
  const jobs = await Promise.all(
    clients.map(async (client) => {
      const job: Job = {
        protocol: 1,
        run: id,
        name: experiment.name,
        experiment: given,
        parties: Object.fromEntries(
          [...parties].map(([method, seats]) => [method, seats.get(client)!]),
        ),
        methods: kept.map(({ entry }) => entry.name),
      };
      const bytes = new TextEncoder().encode(canonicalJson(job));
      return [client, await blobs.put([bytes])] as const;
    }),
  );
  return {
    leftOut,
    run: {
      id,
      name: experiment.name,
      experiment: canonicalJson(given),
      rounds: canonicalJson(rounds),
      methods: kept.map(({ entry }) => entry.name),
      seeds: experiment.seeds,
      jobs: new Map(jobs),
    },
  };
}

function checkKept(kept: readonly PlannedMethod[], leftOut: readonly string[]): void {
  if (kept.length === 0)
    throw new AtollError(
      "DEPLOY_PARTIES",
      `every method needs everybody's rows in one place (${leftOut.join(", ")}); name a federated one`,
    );
  for (const { entry, reads } of kept)
    for (const method of reads)
      if (leftOut.includes(method))
        throw new AtollError(
          "DEPLOY_PARTIES",
          `method "${entry.name}" starts from "${method}", which needs everybody's rows in one place; leave it out, or start from a federated method`,
        );
}

/** By method: which party each client is. */
export function seatsOf(
  kept: readonly Pick<PlannedMethod, "entry">[],
  { own, clients }: { readonly own: readonly string[]; readonly clients: readonly string[] },
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  return new Map(
    kept.map(({ entry }) => {
      const parties = partiesOf(entry, own).map(({ name }) => name);
      if (parties.length !== clients.length)
        throw new AtollError(
          "DEPLOY_PARTIES",
          `method "${entry.name}" has ${parties.length} parties, but ${clients.length} clients take part (${clients.join(", ")}); set its shards to ${clients.length}, or name ${parties.length} clients`,
        );
      const seated = parties.every((party) => clients.includes(party));
      return [
        entry.name,
        new Map(clients.map((client, i) => [client, seated ? client : parties[i]!])),
      ];
    }),
  );
}
