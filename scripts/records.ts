import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { resultSchema, type Result } from "@atoll/node/results";
import { writeAtomically } from "@atoll/node/runs";
import { z } from "zod";

/**
 * What pages need of a finished run, small enough to be kept beside them: a page of many long runs can so be
 * written again, or get one more run, without training all of them anew.
 */
const recordSchema = z.strictObject({
  schema: z.literal("atoll/record/v1"),
  finished: z.iso.date().describe("the day on which the run ended"),
  machine: z.string().describe("where it ran: processor and cores"),
  result: resultSchema,
});

const pathOf = (folder: string, run: string) => join(folder, `${run}.json.gz`);

export const machineText = () => `${cpus()[0]!.model.trim()}, ${availableParallelism()} cores`;

export async function writeRecord(
  folder: string,
  run: string,
  { result, finished }: { readonly result: Result; readonly finished: Date },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const record: z.infer<typeof recordSchema> = {
    schema: "atoll/record/v1",
    finished: finished.toISOString().slice(0, 10),
    machine: machineText(),
    result,
  };
  await writeAtomically(pathOf(folder, run), [gzipSync(JSON.stringify(record), { level: 9 })]);
}

/** Undefined where no record of the run was kept. */
export async function readRecord(folder: string, run: string): Promise<Result | undefined> {
  const path = pathOf(folder, run);
  if (!existsSync(path)) return undefined;
  const text = gunzipSync(await readFile(path)).toString("utf8");
  return recordSchema.parse(JSON.parse(text)).result;
}
