import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { resultSchema } from "@atoll/node/results";
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
  measured: z.unknown().optional().describe("what the page tells beyond the result"),
});

export type RunRecord = Readonly<Omit<z.infer<typeof recordSchema>, "schema">>;

const pathOf = (folder: string, run: string) => join(folder, `${run}.json.gz`);

export const machineText = () => `${cpus()[0]!.model.trim()}, ${availableParallelism()} cores`;

export async function writeRecord(folder: string, run: string, record: RunRecord): Promise<void> {
  await mkdir(folder, { recursive: true });
  const written: z.infer<typeof recordSchema> = { schema: "atoll/record/v1", ...record };
  await writeAtomically(pathOf(folder, run), [gzipSync(JSON.stringify(written), { level: 9 })]);
}

/** Undefined where no record of the run was kept. */
export async function readRecord(folder: string, run: string): Promise<RunRecord | undefined> {
  const path = pathOf(folder, run);
  if (!existsSync(path)) return undefined;
  const text = gunzipSync(await readFile(path)).toString("utf8");
  const { schema: _, ...record } = recordSchema.parse(JSON.parse(text));
  return record;
}
