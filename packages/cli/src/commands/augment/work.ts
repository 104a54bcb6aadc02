import { resolve } from "node:path";
import { parseOverride, readExperiment, type Experiment } from "@atoll/node/experiment";
import type { AugmentOptions, RunEvent } from "@atoll/node/runs";
import type { AtollContext } from "../../context.ts";
import { announceLeaving } from "../../terminal/announce-leaving.ts";
import { liveProgress, plainProgress } from "../../terminal/progress.ts";
import { progressFor } from "../../terminal/progress-for.ts";
import type { AugmentFlags } from "./work-flags.ts";

export interface WorkOptions {
  readonly file: string;
  readonly how: "shown" | "json" | "quiet";
  /** What is said where it was interrupted. */
  readonly stopped: string;
}

/** Works on an experiment and shows how far that is; undefined where it was interrupted. */
export async function workOn<T>(
  context: AtollContext,
  { set = [] }: AugmentFlags,
  { file, how, stopped }: WorkOptions,
  work: (experiment: Experiment, options: AugmentOptions) => Promise<T>,
): Promise<T | undefined> {
  const path = resolve(context.cwd, file);
  const experiment = await readExperiment(path, set.map(parseOverride));
  const abort = new AbortController();
  const stopListening = context.onInterrupt(() => abort.abort());
  const progress = announceLeaving(
    context,
    progressFor<RunEvent>(context, how, { plain: plainProgress, live: liveProgress }),
    (event) => event,
  );
  try {
    return await work(experiment, {
      experimentDirectory: resolve(path, ".."),
      signal: abort.signal,
      onEvent: progress.show,
    });
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    progress.close();
    context.process.stderr.write(`\n${stopped}\n`);
    context.process.exitCode = 130;
    return undefined;
  } finally {
    progress.close();
    stopListening();
  }
}
