import { readdir, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { AtollError, nearest } from "@atoll/core/errors";
import { withoutCompression } from "./compression.ts";
import { checkSource, type FileConfig, type Format, type SourceConfig } from "./config.ts";
import { filesOf } from "./files.ts";

/** Files that exist, and whose format is known. */
export interface LocatedFiles {
  readonly kind: "files";
  /** As configured: a path or a pattern. */
  readonly path: string;
  /** At least one, in the order in which they are read. */
  readonly files: readonly string[];
  readonly bytes: number;
  readonly format: Format;
  readonly delimiter: string;
  readonly header: boolean;
  readonly columnNames: readonly string[] | undefined;
}

export interface LocatedQuery {
  readonly kind: "query";
  readonly query: string;
  readonly tables: Readonly<Record<string, LocatedFiles>>;
  readonly bytes: number;
}

export type LocatedSource = LocatedFiles | LocatedQuery;

/** Every file that a source reads. */
export function allFiles(source: LocatedSource): readonly string[] {
  return source.kind === "files"
    ? source.files
    : Object.values(source.tables).flatMap(({ files }) => files);
}

const FORMAT_OF_ENDING: Readonly<Record<string, Format>> = {
  csv: "csv",
  tsv: "tsv",
  tab: "tsv",
  jsonl: "jsonl",
  ndjson: "jsonl",
  parquet: "parquet",
};

/** Looks at the files before anything reads them, so that every problem has its own sentence. */
export async function locate(config: SourceConfig, client: string): Promise<LocatedSource> {
  checkSource(config, client);
  const { path, query, tables } = config;
  if (query === undefined)
    return locateFiles({ ...config, path: path! }, client, `data.clients.${client}.path`);
  const located: Record<string, LocatedFiles> = {};
  for (const [name, table] of Object.entries(tables!))
    located[name] = await locateFiles(table, client, `data.clients.${client}.tables.${name}.path`);
  const bytes = Object.values(located).reduce((sum, table) => sum + table.bytes, 0);
  return { kind: "query", query, tables: located, bytes };
}

async function locateFiles(
  config: FileConfig,
  client: string,
  setting: string,
): Promise<LocatedFiles> {
  const { path } = config;
  const who = `client "${client}"`;
  const files = filesOf(path) ?? [path];
  if (files.length === 0)
    throw new AtollError(
      "DATA_FILE_MISSING",
      `${who}: no file matches ${path}; mend the pattern in ${setting}, which counts from data.directory`,
    );
  let bytes = 0;
  for (const file of files) {
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) throw await missing(file, who);
    if (!found.isFile())
      throw new AtollError(
        "DATA_FILE_MISSING",
        `${who}: ${file} is a folder; name one file in ${setting}, or several as ${file}/*.csv`,
      );
    if (found.size === 0)
      throw new AtollError(
        "DATA_EMPTY_FILE",
        `${who}: ${file} is empty (0 bytes); give a file with rows or remove the client`,
      );
    bytes += found.size;
  }
  const given = new Set(files.map((file) => config.format ?? formatOf(file)));
  const [format] = given;
  if (given.size > 1)
    throw new AtollError(
      "DATA_FORMAT",
      `${who}: ${path} matches files of several formats (${[...given].map((one) => one ?? "unknown").join(", ")}); narrow the pattern, or set format`,
    );
  if (format === undefined)
    throw new AtollError(
      "DATA_FORMAT",
      `${who}: the ending of ${path} names no format; set format to csv, tsv, jsonl, parquet, or delimited with a delimiter`,
    );
  const { delimiter, header, columnNames } = config;
  if (format === "delimited" && delimiter === undefined)
    throw new AtollError(
      "DATA_FORMAT",
      `${who}: format delimited of ${path} needs delimiter, such as delimiter: " "`,
    );
  const separator = { tsv: "\t", csv: delimiter ?? ",", delimited: delimiter };
  return {
    kind: "files",
    path,
    files,
    bytes,
    format,
    delimiter: separator[format as "csv"] ?? "",
    header,
    columnNames,
  };
}

function formatOf(file: string): Format | undefined {
  return FORMAT_OF_ENDING[withoutCompression(basename(file)).split(".").at(-1)!.toLowerCase()];
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
