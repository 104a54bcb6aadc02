import { clientsOfWorld } from "@atoll/core/data";
import { methodOf } from "@atoll/core/methods";
import type { Experiment } from "@atoll/node/experiment";
import { partiesOf, type Party, type PlannedMethod } from "@atoll/node/runs";
import { roundsOf } from "../policy/index.ts";
import type { Job } from "../protocol/index.ts";
import { invalid } from "./job-schema.ts";

/** A method of a job, and which party of it this silo is. */
export interface Seat {
  readonly planned: PlannedMethod;
  /** Its clients are those of the experiment; fewer may lie here. */
  readonly party: Party;
  /** Whether the party does with the clients that lie here. */
  readonly takesWhatIsHere: boolean;
  /** Requests that one cell can have at most, by the experiment; their numbers are no greater. */
  readonly mostRequests: number;
}

/** The names of an experiment's clients. */
export function clientsOf({ data }: Experiment): readonly string[] {
  return data.kind === "files" ? Object.keys(data.clients) : clientsOfWorld(data);
}

/** What this silo is in every method of a job; JOB_INVALID where the job and its experiment do not agree. */
export function seatsOf(
  job: Job,
  experiment: Experiment,
  planned: readonly PlannedMethod[],
): ReadonlyMap<string, Seat> {
  const clients = clientsOf(experiment);
  return new Map(
    job.methods.map((name) => {
      const method = planned.find(({ entry }) => entry.name === name);
      if (method === undefined)
        throw invalid(job.run, `names the method "${name}", which its experiment does not have`);
      const { parties } = methodOf(method.entry.kind);
      if (parties === "pooled")
        throw invalid(job.run, `names the method "${name}", which needs everybody's rows`);
      const party = partiesOf(method.entry, clients).find((one) => one.name === job.parties[name]);
      if (party === undefined)
        throw invalid(job.run, `does not say which party of "${name}" this silo is`);
      const seat = {
        planned: method,
        party,
        takesWhatIsHere: parties === "population",
        mostRequests: roundsOf(method, experiment),
      };
      return [name, seat] as const;
    }),
  );
}
