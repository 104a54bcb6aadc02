import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AtollError } from "@atoll/core/errors";
import { methodOf } from "@atoll/core/methods";
import { parseExperiment, readExperiment, type Experiment } from "@atoll/node/experiment";
import { partiesOf, planOf, prepareClients, readIfThere } from "@atoll/node/runs";
import { readClientIdentity } from "../identity/index.ts";
import { describeJob, findingsOf, readPolicy, refuseExtensions } from "../policy/index.ts";
import type { Job } from "../protocol/index.ts";
import { clientsOf, seatsOf } from "../silo/held.ts";
import { parseJob } from "../silo/job-schema.ts";
import { localised } from "../silo/localised.ts";
import { clientsHere } from "../silo/own-data.ts";
import { runPaths } from "../silo/run-paths.ts";
import { textOf } from "../silo/told.ts";
import { policyPath } from "./open-client.ts";

export interface JobReview {
  readonly lines: readonly string[];
  /** Whether every rule of the policy that can be asked before a run allows it. */
  readonly isAllowed: boolean;
  /** Why the rows here do not suit the job; undefined where they do. */
  readonly problem: string | undefined;
}

/** A file with a job or an experiment; else the id of a run. */
export interface AskedJob {
  readonly path: string;
  readonly run: string;
}

export interface ReviewOptions {
  /** A client's folder. */
  readonly directory: string;
  /** Where its rows lie. */
  readonly dataDirectory: string;
  readonly signal: AbortSignal;
}

/** What a job would do here, and what the policy says to it. */
export async function reviewJob(
  what: AskedJob,
  { directory, dataDirectory, signal }: ReviewOptions,
): Promise<JobReview> {
  const folder = join(resolve(directory), "silo");
  const { client } = readClientIdentity(directory);
  const policy = await readPolicy(policyPath(directory));
  const job = await jobOf(what, { client, folder });
  const asked = parseExperiment(JSON.stringify(job.experiment), "job");
  const places = { folder, dataDirectory: resolve(dataDirectory) };
  const experiment = localised(asked, places);
  const seats = [...seatsOf(job, experiment, planOf(experiment).methods).values()];
  let clients: readonly string[] = [];
  let numRows: Readonly<Record<string, number>> | undefined;
  let problem: string | undefined;
  try {
    clients = [...(await clientsHere(experiment, seats, places.dataDirectory))].toSorted();
    const splits = await prepareClients(
      { ...experiment, seeds: experiment.seeds.slice(0, 1) },
      folder,
      () => {},
      signal,
      { only: clients },
    );
    numRows = Object.fromEntries(
      splits.get(experiment.seeds[0]!)!.map(({ client: own, counts }) => [own, counts.train]),
    );
  } catch (error) {
    signal.throwIfAborted();
    problem = textOf(error);
  }
  const reviewed = { job, experiment: asked, clients, ...(numRows && { numRows }) };
  return {
    lines: describeJob(reviewed, policy),
    isAllowed: findingsOf(policy, reviewed).every(({ verdict }) => verdict !== "refused"),
    problem,
  };
}

/** A job that came, or the one that an experiment would come to. */
async function jobOf(
  { path, run: asked }: AskedJob,
  { client, folder }: { readonly client: string; readonly folder: string },
): Promise<Job> {
  const bytes =
    (await readIfThere(readFile(path))) ??
    (await readIfThere(readFile(runPaths(folder, asked).job)));
  if (bytes === undefined)
    throw new AtollError(
      "JOB_UNKNOWN",
      `there is no file ${path}, and no job of a run ${asked} came; give a job, an experiment, or the id of a run`,
    );
  const run = runOfJob(bytes);
  if (run !== undefined) return parseJob(bytes, run);
  const experiment = await readExperiment(path);
  refuseExtensions(experiment);
  return jobOfExperiment(experiment, client);
}

/** The run of a job; undefined where the bytes are none, but an experiment. */
function runOfJob(bytes: Uint8Array): string | undefined {
  try {
    const { run, experiment } = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Job>;
    return experiment === undefined ? undefined : run;
  } catch {
    return undefined;
  }
}

function jobOfExperiment(experiment: Experiment, client: string): Job {
  const clients = clientsOf(experiment);
  const kept = planOf(experiment).methods.filter(
    ({ entry }) => methodOf(entry.kind).parties !== "pooled",
  );
  return {
    protocol: 1,
    run: "(not submitted)",
    name: experiment.name,
    experiment: JSON.parse(JSON.stringify(experiment)) as Record<string, unknown>,
    // Shards are all alike before anybody says which one this silo is.
    parties: Object.fromEntries(
      kept.map(({ entry }) => {
        const names = partiesOf(entry, clients).map(({ name }) => name);
        if (methodOf(entry.kind).parties !== "clients") return [entry.name, names[0]!];
        if (names.includes(client)) return [entry.name, client];
        throw new AtollError(
          "DEPLOY_PARTIES",
          `this silo is "${client}", and the experiment's clients are ${names.join(", ")}; it would not take part`,
        );
      }),
    ),
    methods: kept.map(({ entry }) => entry.name),
  };
}
