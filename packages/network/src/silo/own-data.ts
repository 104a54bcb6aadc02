import { resolve } from "node:path";
import { asksLanguageModel, isLoopback } from "@atoll/core/augmentation";
import { AtollError } from "@atoll/core/errors";
import { jobOf } from "@atoll/node/augmentation";
import type { Experiment } from "@atoll/node/experiment";
import type { PlannedMethod } from "@atoll/node/runs";
import { allFiles, locate, withPaths, type SourceConfig } from "@atoll/node/sources";
import type { Seat } from "./held.ts";
import { checkPlace, checkWords } from "./inside.ts";

/**
 * Whose rows lie here, of those that the silo's parties hold. DATA_FILE_MISSING where a party lacks its rows,
 * DATA_OUTSIDE where a path leaves the silo's data folder.
 */
export async function clientsHere(
  { data }: Experiment,
  seats: Iterable<Seat>,
  dataDirectory: string,
): Promise<ReadonlySet<string>> {
  const here = new Set<string>();
  for (const { party, takesWhatIsHere } of seats) {
    let missing: unknown;
    for (const client of party.clients) {
      if (here.has(client)) continue;
      try {
        if (data.kind === "files") await checkSource(client, data.clients[client]!, dataDirectory);
        here.add(client);
      } catch (error) {
        const isMissing = error instanceof AtollError && error.code === "DATA_FILE_MISSING";
        if (!isMissing || !takesWhatIsHere) throw error;
        missing = error;
      }
    }
    if (missing !== undefined && !party.clients.some((client) => here.has(client))) throw missing;
  }
  return here;
}

async function checkSource(
  client: string,
  source: SourceConfig,
  dataDirectory: string,
): Promise<void> {
  const what = `a path of data.clients.${client}`;
  const absolute = withPaths(source, (path) => {
    checkWords(path, what);
    return resolve(dataDirectory, path);
  });
  for (const file of allFiles(await locate(absolute, client)))
    await checkPlace(file, dataDirectory, what);
}

/**
 * What augmentation may do in a silo: read files of its data folder, and ask a language model on this machine. Prompts
 * tell histories of users, so that none goes elsewhere, whatever a job says.
 */
export async function checkAugmentation(
  planned: readonly PlannedMethod[],
  dataDirectory: string,
): Promise<void> {
  for (const method of planned) {
    const settings = jobOf(method)?.settings;
    if (settings === undefined) continue;
    const files: [what: string, path: string][] = [];
    if (settings.vectors.kind === "sentence")
      files.push(["augmentation.vectors.model", settings.vectors.model]);
    if (asksLanguageModel(settings)) {
      if (settings.prompts !== undefined) files.push(["augmentation.prompts", settings.prompts]);
      if (settings.kind === "local") files.push(["augmentation.model", settings.model]);
      else if (!isLoopback(settings.baseUrl) || settings.apiKeyEnv !== undefined)
        throw new AtollError(
          "AUGMENTATION_REMOTE",
          `method ${method.entry.name} would send prompts to ${settings.baseUrl}${settings.apiKeyEnv === undefined ? "" : ", with a key of this machine's environment"}; a silo asks servers of its own machine alone, without keys`,
        );
    }
    for (const [what, path] of files) {
      checkWords(path, what);
      await checkPlace(resolve(dataDirectory, path), dataDirectory, what).catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code !== "ENOENT") throw error;
          throw new AtollError(
            "AUGMENTATION_MODEL",
            `${what}: there is no ${resolve(dataDirectory, path)}; put it into the silo's data folder`,
          );
        },
      );
    }
  }
}
