import { readdir, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { AtollError, nearest } from "@atoll/core/errors";
import type { Format, SourceConfig } from "./config.ts";
import { checkGzip } from "./gzip.ts";

/** A file that exists, is whole, and whose format is known. */
export interface LocatedSource {
  readonly path: string;
  readonly format: Format;
  readonly delimiter: string;
  readonly header: boolean;
  readonly columnNames: readonly string[] | undefined;
}

const FORMAT_OF_ENDING: Readonly<Record<string, Format>> = {
  csv: "csv",
  tsv: "tsv",
  tab: "tsv",
  jsonl: "jsonl",
  ndjson: "jsonl",
  parquet: "parquet",
};

/** Looks at the file before anything reads it, so that every problem has its own sentence. */
export async function locate(
  source: SourceConfig,
  client: string,
  signal?: AbortSignal,
): Promise<LocatedSource> {
  const { path } = source;
  const who = `client "${client}"`;
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw await missing(path, who);
  if (!found.isFile())
    throw new AtollError(
      "DATA_FILE_MISSING",
      `${who}: ${path} is a folder; name one file in data.clients.${client}.path`,
    );
  if (found.size === 0)
    throw new AtollError(
      "DATA_EMPTY_FILE",
      `${who}: ${path} is empty (0 bytes); give a file with rows or remove the client`,
    );
  const ending = basename(path).replace(/\.gz$/i, "").split(".").at(-1)!.toLowerCase();
  const format = source.format ?? FORMAT_OF_ENDING[ending];
  if (format === undefined)
    throw new AtollError(
      "DATA_FORMAT",
      `${who}: the ending of ${path} names no format; set format to csv, tsv, jsonl, parquet, or delimited with a delimiter`,
    );
  if (format === "delimited" && source.delimiter === undefined)
    throw new AtollError(
      "DATA_FORMAT",
      `${who}: format delimited of ${path} needs delimiter, such as delimiter: " "`,
    );
  if (/\.gz$/i.test(path)) await checkGzip(path, who, signal);
  return {
    path,
    format,
    delimiter:
      format === "tsv"
        ? "\t"
        : format === "csv"
          ? (source.delimiter ?? ",")
          : (source.delimiter ?? ""),
    header: source.header,
    columnNames: source.columnNames,
  };
}

async function missing(path: string, who: string): Promise<AtollError> {
  const neighbours = await readdir(dirname(path)).catch(() => undefined);
  if (neighbours === undefined)
    return new AtollError(
      "DATA_FILE_MISSING",
      `${who}: there is no folder ${dirname(path)}; check data.directory, which counts from the experiment file`,
    );
  const meant = nearest(basename(path), neighbours);
  return new AtollError(
    "DATA_FILE_MISSING",
    `${who}: there is no file ${path}${meant ? `; did you mean "${meant}"?` : `; its folder holds ${neighbours.slice(0, 8).join(", ") || "nothing"}`}`,
  );
}
