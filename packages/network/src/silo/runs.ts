import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { AtollError } from "@atoll/core/errors";
import { readIfThere, writeAtomically } from "@atoll/node/runs";
import type { CellKey, Claim, Order } from "../protocol/index.ts";
import { admitRun, splitCache, type AdmittedRun } from "./admit.ts";
import { siloCell, type SiloCell } from "./cell.ts";
import { forgetRun } from "./forget.ts";
import { invalid, MAX_JOB_BYTES } from "./job-schema.ts";
import { openRun, type SiloRun } from "./open-run.ts";
import { isClaimed, receiveSmall } from "./receive.ts";
import { runPaths } from "./run-paths.ts";
import { isPassing, toldOf } from "./told.ts";
import type { SiloParts } from "./types.ts";

/** The runs that a silo knows of. Orders may come again; throws what another try may mend. */
export interface SiloRuns {
  readonly job: (order: Extract<Order, { readonly kind: "job" }>) => Promise<void>;
  readonly cell: (key: CellKey) => SiloCell;
  /** Stops what a run is doing; what was on its way throws. */
  readonly stop: (run: string) => void;
  readonly isStopped: (run: string) => boolean;
  /** Only once nothing of the run is on its way. */
  readonly forget: (run: string) => Promise<void>;
  readonly release: () => Promise<void>;
}

/** What is in memory of a run; all of it can be made again from the folder. */
interface Known {
  readonly abort: AbortController;
  readonly parts: SiloParts;
  readonly cells: Map<string, SiloCell>;
  opened?: Promise<SiloRun> | undefined;
  admitted?: Promise<AdmittedRun> | undefined;
  /** By cell: bytes of its answers. */
  sent?: Promise<Map<string, number>> | undefined;
}

export function siloRuns(parts: SiloParts): SiloRuns {
  const { calls, folder, signal, step, onEvent } = parts;
  const runs = new Map<string, Known>();
  const splits = splitCache();

  const knownOf = (run: string): Known => {
    const known = runs.get(run);
    if (known !== undefined) return known;
    const abort = new AbortController();
    const both = AbortSignal.any([signal, abort.signal]);
    const made: Known = { abort, parts: { ...parts, signal: both }, cells: new Map() };
    runs.set(run, made);
    return made;
  };
  const opened = (run: string): Promise<SiloRun> => {
    const known = knownOf(run);
    return (known.opened ??= openRun(parts, run).catch((error: unknown) => {
      known.opened = undefined;
      throw error;
    }));
  };
  const admitted = (run: string): Promise<AdmittedRun> => {
    const known = knownOf(run);
    return (known.admitted ??= opened(run)
      .then((own) => admitRun(known.parts, own, splits))
      .catch((error: unknown) => {
        known.admitted = undefined;
        throw error;
      }));
  };
  /** The journals tell what was sent, the last time that it was looked at all of them. */
  const sentBytes = async (key: CellKey, ofCell: number): Promise<number> => {
    const known = knownOf(key.run);
    known.sent ??= opened(key.run).then(sentByCell);
    const sent = (await known.sent).set(nameOf(key), ofCell);
    return [...sent.values()].reduce((sum, bytes) => sum + bytes, 0);
  };
  const release = async (known: Known) => {
    for (const cell of known.cells.values()) await cell.release();
  };

  return {
    job: async ({ run, job }) => {
      const own = knownOf(run).parts;
      const refuse = async (error: unknown) => {
        own.signal.throwIfAborted();
        if (isPassing(error)) throw error;
        const { code, reason, details } = toldOf(error);
        await calls.call("refuse", { run, code, reason }, { signal });
        onEvent({ kind: "job-refused", run, code, reason, details });
      };
      const here = await jobHere(folder, run, job);
      if (here.kind === "refused") return refuse(here.error);
      if (here.kind === "absent") {
        const bytes = await receiveSmall(calls, job, own.signal);
        await writeAtomically(runPaths(folder, run).job, [bytes]);
        await step("job-stored");
      }
      let part: AdmittedRun;
      try {
        part = await admitted(run);
        await part.splitsOf(part.experiment.seeds[0]!);
      } catch (error) {
        return refuse(error);
      }
      await calls.call("accept", { run, job: job.sha256 }, { signal });
      onEvent({ kind: "job-accepted", run, name: part.job.name, clients: part.clients });
    },
    cell: (key) => {
      const known = knownOf(key.run);
      const cell =
        known.cells.get(nameOf(key)) ??
        siloCell(known.parts, key, {
          opened: () => opened(key.run),
          admitted: () => admitted(key.run),
          sentBytes,
        });
      known.cells.set(nameOf(key), cell);
      return cell;
    },
    stop: (run) => runs.get(run)?.abort.abort(new Error(`run "${run}" is over`)),
    isStopped: (run) => runs.get(run)?.abort.signal.aborted ?? false,
    forget: async (run) => {
      const known = runs.get(run);
      if (known !== undefined) await release(known);
      runs.delete(run);
      splits.drop(run);
      await forgetRun(folder, run);
      await step("forgotten");
      await calls.call("forgotten", { run }, { signal });
      onEvent({ kind: "forgotten", run });
    },
    release: async () => {
      for (const known of runs.values()) await release(known);
    },
  };
}

const nameOf = ({ seed, method }: CellKey) => `${seed}/${method}`;

async function sentByCell(run: SiloRun): Promise<Map<string, number>> {
  const sent = new Map<string, number>();
  for (const key of run.cells) {
    const journal = await run.cell(key).files.journal();
    if (journal !== undefined) sent.set(nameOf(key), journal.sentBytes);
  }
  return sent;
}

/** Whether the job is in the silo's folder already. */
async function jobHere(
  folder: string,
  run: string,
  claim: Claim,
): Promise<
  { readonly kind: "here" | "absent" } | { readonly kind: "refused"; readonly error: AtollError }
> {
  const paths = runPaths(folder, run);
  const refused = (error: AtollError) => ({ kind: "refused", error }) as const;
  if (existsSync(paths.forgotten))
    return refused(
      new AtollError("JOB_UNKNOWN", `run "${run}" was forgotten here; submit it as a new run`),
    );
  const bytes = await readIfThere(readFile(paths.job));
  if (bytes !== undefined)
    return isClaimed(bytes, claim)
      ? { kind: "here" }
      : refused(
          new AtollError(
            "RUN_DIVERGED",
            `run "${run}" came with another job before; submit a new run`,
          ),
        );
  if (claim.sizeBytes <= MAX_JOB_BYTES) return { kind: "absent" };
  return refused(invalid(run, `has ${claim.sizeBytes} bytes, more than ${MAX_JOB_BYTES}`));
}
