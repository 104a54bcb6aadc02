import { createHash } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AtollError } from "@atoll/core/errors";
import { resultSchema, type Result } from "../results/index.ts";
import { describeEnvironment } from "../runs/environment.ts";
import { fileNameOf, readIfThere, writeAtomically } from "../runs/files.ts";
import { cardText } from "./card-text.ts";
import { openServed, type Choice, type ServedRun } from "./choose.ts";
import { exportClient } from "./export-client.ts";
import type { Manifest } from "./manifest.ts";

export interface ExportOptions extends Choice {
  /** Default: all clients of the run. */
  readonly clients?: readonly string[];
  /** The folder of the models, which is made. */
  readonly out: string;
  readonly signal?: AbortSignal;
  readonly now: () => Date;
  readonly onClient?: (client: string, done: number, total: number) => void;
  /** Called before a fit that may take minutes. */
  readonly onFit?: (items: number) => void;
}

export interface ExportOutcome {
  readonly method: string;
  readonly why: string | undefined;
  readonly seed: number;
  readonly clients: readonly {
    readonly client: string;
    readonly path: string;
    readonly bytes: number;
    /** The largest to `predict`. */
    readonly difference: number;
  }[];
}

/**
 * Writes a model for each client with its card, and the hashes of all files. Every model is run and compared
 * with what predicting gives before anything has its name: the folder is there whole or not at all.
 */
export async function exportRun(directory: string, options: ExportOptions): Promise<ExportOutcome> {
  const { out, signal, now, onClient } = options;
  await refuseFilled(out);
  const run = await openServed(directory, options);
  const result = await resultOf(run);
  const environment = await describeEnvironment(1, now());
  const clients = options.clients ?? run.clients;
  const unfinished = `${out}.part`;
  await rm(unfinished, { recursive: true, force: true });
  const files: Manifest["files"] = [];
  const done: ExportOutcome["clients"][number][] = [];
  const put = async (path: string, content: string | Uint8Array) => {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    await writeAtomically(join(unfinished, path), [bytes]);
    files.push({
      path,
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    });
  };
  try {
    for (const client of clients) {
      signal?.throwIfAborted();
      onClient?.(client, done.length, clients.length);
      const { versions } = environment;
      const { onnx, card } = await exportClient(run, client, { ...options, result, versions });
      const folder = fileNameOf(client);
      await put(`${folder}/model.onnx`, onnx);
      await put(`${folder}/card.json`, `${JSON.stringify(card, null, 2)}\n`);
      await put(`${folder}/card.md`, cardText(card));
      done.push({
        client,
        path: `${folder}/model.onnx`,
        bytes: onnx.length,
        difference: card.verified.difference,
      });
    }
    const manifest: Manifest = {
      schema: "atoll/export/v1",
      experiment: run.experiment.name,
      method: run.method.entry.name,
      seed: run.seed,
      clients: [...clients],
      versions: { ...environment.versions },
      files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    };
    await writeAtomically(
      join(unfinished, "manifest.json"),
      `${JSON.stringify(manifest, null, 2)}\n`,
    );
    await mkdir(dirname(out), { recursive: true });
    // An empty folder of this name gives way.
    await rm(out, { recursive: true, force: true });
    await rename(unfinished, out);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
  return { method: run.method.entry.name, why: run.why, seed: run.seed, clients: done };
}

async function refuseFilled(out: string): Promise<void> {
  const entries = await readIfThere(readdir(out));
  if (entries !== undefined && entries.length > 0)
    throw new AtollError(
      "EXPORT_FOLDER_EXISTS",
      `${out} already holds ${entries.length} entries; name another folder with --out, or remove it`,
    );
}

async function resultOf({ folder }: ServedRun): Promise<Result> {
  const result = await folder.readJson<unknown>("result.json");
  if (result === undefined)
    throw new AtollError(
      "SERVING_METHOD",
      `${folder.path} holds no result.json: the run has not finished, and a card needs its metrics; finish it with atoll run --resume ${folder.path}`,
    );
  return resultSchema.parse(result);
}
