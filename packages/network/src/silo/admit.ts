import type { SplitClient } from "@atoll/core/data";
import { AtollError } from "@atoll/core/errors";
import type { AugmentationSource } from "@atoll/node/augmentation";
import {
  augmentationSources,
  placeOfExperiment,
  prepareClients,
  withoutTestRows,
} from "@atoll/node/runs";
import { checkAugmentation, clientsHere } from "./own-data.ts";
import type { SiloRun } from "./open-run.ts";
import type { SiloParts } from "./types.ts";

/** A run that the silo takes part in: its policy allows it, and its own rows suit it. */
export interface AdmittedRun extends SiloRun {
  /** Whose rows lie here, sorted. */
  readonly clients: readonly string[];
  /** The rows of a seed, of all clients that lie here; the policy is asked once more, with their numbers. */
  readonly splitsOf: (seed: number) => Promise<readonly SplitClient[]>;
  /** What a method's parties read of augmentation. */
  readonly sources: ReadonlyMap<string, AugmentationSource>;
  /** Where files of augmentation are counted from. */
  readonly augmentation: {
    readonly experimentDirectory: string;
    readonly cache: string | undefined;
  };
}

/** Rows of so many seeds are kept, of all runs together. */
const MOST_SEEDS = 3;

export interface SplitCache {
  readonly get: (
    run: string,
    seed: number,
    make: () => Promise<readonly SplitClient[]>,
  ) => Promise<readonly SplitClient[]>;
  readonly drop: (run: string) => void;
}

/** Keeps what was used last; what failed is tried again. */
export function splitCache(): SplitCache {
  const kept = new Map<string, Promise<readonly SplitClient[]>>();
  const nameOf = (run: string, seed: number) => JSON.stringify([run, seed]);
  return {
    get: (run, seed, make) => {
      const name = nameOf(run, seed);
      const known = kept.get(name) ?? make();
      kept.delete(name);
      kept.set(name, known);
      known.catch(() => kept.delete(name));
      for (const oldest of [...kept.keys()].slice(0, -MOST_SEEDS)) kept.delete(oldest);
      return known;
    },
    drop: (run) => {
      for (const name of kept.keys())
        if ((JSON.parse(name) as [string, number])[0] === run) kept.delete(name);
    },
  };
}

/**
 * Asks the policy, and looks at the silo's own files. Throws what is against the run; POLICY_REFUSED has the reasons as
 * its cause.
 */
export async function admitRun(
  { policy, folder, dataDirectory, signal, onEvent }: SiloParts,
  run: SiloRun,
  cache: SplitCache,
): Promise<AdmittedRun> {
  const { job, asked, experiment } = run;
  const seats = [...run.seats.values()];
  const planned = seats.map((seat) => seat.planned);
  // The policy comes first: a job that it does not allow learns nothing of what lies here.
  const named = [...new Set(seats.flatMap(({ party }) => party.clients))].toSorted();
  const review = async (clients: readonly string[], splits?: readonly SplitClient[]) => {
    const numRows =
      splits && Object.fromEntries(splits.map(({ client, counts }) => [client, counts.train]));
    const verdict = await policy.review({
      job,
      experiment: asked,
      clients,
      ...(numRows && { numRows }),
    });
    if (verdict.kind === "refused")
      throw new AtollError(verdict.code, verdict.reason, { cause: verdict.details });
  };
  await review(named);
  const here = await clientsHere(experiment, seats, dataDirectory);
  const clients = [...here].toSorted();
  await checkAugmentation(planned, dataDirectory);
  const augmentation = { ...placeOfExperiment(folder), experimentDirectory: dataDirectory };
  const sources = await augmentationSources(planned, augmentation);

  const splitsOf = (seed: number) =>
    cache.get(job.run, seed, async () => {
      const prepared = await prepareClients(
        { ...experiment, seeds: [seed] },
        folder,
        (event) => onEvent({ kind: "preparing", run: job.run, event }),
        signal,
        { only: clients },
      );
      const { on } = experiment.evaluation;
      const splits = (on === "validation" ? withoutTestRows(prepared) : prepared).get(seed)!;
      await review(clients, splits);
      return splits;
    });
  return { ...run, clients, splitsOf, sources, augmentation };
}
