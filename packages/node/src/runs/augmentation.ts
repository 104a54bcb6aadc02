import type { SplitClient } from "@atoll/core/data";
import {
  askingTasks,
  askMissing,
  augmentationSource,
  checkRemote,
  connectionsOf,
  jobOf,
  tasksOf,
  type Asked,
  type AugmentationPlace,
  type AugmentationSource,
} from "../augmentation/index.ts";
import { importPeer } from "../language-models/index.ts";
import { cacheDirectory } from "../tables/index.ts";
import type { RunEvent } from "./events.ts";
import type { RunFolder } from "./folder.ts";
import type { PlannedMethod } from "./plan.ts";

/** What a run asked before it trained; the file `augmentation.json` of its folder. */
export interface AugmentationRecord {
  readonly schema: "atoll/augmentation/v1";
  readonly asked: readonly Asked[];
}

const FILE = "augmentation.json";

/** Of an experiment that lies in a folder. */
export function placeOfExperiment(experimentDirectory: string): AugmentationPlace {
  const cache = cacheDirectory(experimentDirectory, process.env["ATOLL_CACHE"]);
  return { experimentDirectory, cache };
}

/**
 * What every method's parties read of augmentation, by method; throws, before any row is read, where prompts would
 * go to a server that is not allowed, or something that settings name is not there.
 */
export async function augmentationSources(
  methods: readonly PlannedMethod[],
  place: AugmentationPlace,
): Promise<ReadonlyMap<string, AugmentationSource>> {
  const sources = new Map<string, AugmentationSource>();
  for (const method of methods) {
    const { name } = method.entry;
    const settings = jobOf(method)?.settings;
    if (settings === undefined) continue;
    checkRemote(name, settings);
    if (settings.vectors.kind === "sentence") await importPeer("@huggingface/transformers");
    sources.set(name, await augmentationSource(settings, place));
  }
  return sources;
}

export interface AnswersOptions {
  readonly folder: Pick<RunFolder, "readJson" | "writeJson">;
  readonly place: AugmentationPlace;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

/**
 * Asks language models for all that the cells will read, before any of them trains. A run that went on with a part
 * of the answers does not ask again when it is resumed: cells that are done had no more.
 */
export async function askForAnswers(
  cells: readonly { readonly method: PlannedMethod; readonly splits: readonly SplitClient[] }[],
  { folder, place, signal, onEvent }: AnswersOptions,
): Promise<void> {
  const connections = await connectionsOf(askingTasks(tasksOf(cells)), place);
  if (connections.length === 0) return;
  const earlier = await folder.readJson<AugmentationRecord>(FILE);
  const asked: Asked[] = [...(earlier?.asked ?? [])];
  for (const connection of connections) {
    if (earlier !== undefined && connection.settings.partial) continue;
    const environment = process.env;
    asked.push(await askMissing(connection, { signal, onEvent, environment }));
  }
  const record: AugmentationRecord = { schema: "atoll/augmentation/v1", asked };
  await folder.writeJson(FILE, record);
}
