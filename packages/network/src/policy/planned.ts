import { clientsOfWorld } from "@atoll/core/data";
import { partiesOf, planOf, stagesOf, type PlannedMethod } from "@atoll/node/runs";
import type { Experiment } from "@atoll/node/experiment";
import type { ReviewedJob } from "./types.ts";

/** Names of all clients of an experiment, those of other silos too. */
export function allClients({ data }: Experiment): readonly string[] {
  return data.kind === "files" ? Object.keys(data.clients) : clientsOfWorld(data);
}

/** The methods that a job runs, in their order. */
export function plannedOf({ job, experiment }: ReviewedJob): readonly PlannedMethod[] {
  return planOf(experiment).methods.filter(({ entry }) => job.methods.includes(entry.name));
}

/** Most rounds of exchange of a method with one seed, all stages together. */
export function roundsOf({ entry, settings }: PlannedMethod, experiment: Experiment): number {
  const numParties = partiesOf(entry, allClients(experiment)).length;
  return stagesOf(entry, settings).reduce(
    (sum, { rounds }) => sum + (rounds?.(numParties) ?? 1),
    0,
  );
}
