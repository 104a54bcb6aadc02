import { join } from "node:path";
import { z } from "zod";
import { readIdentityFile, writePrivateFile } from "../identity/private-files.ts";

const lastRunSchema = z.object({
  /** Where clients reach the server. */
  urls: z.array(z.string()).min(1),
  /** Where its record is; an address of a database may hold a password, and is not kept. */
  record: z.enum(["folder", "database"]),
});

/** How a server was started the last time: what commands need to know while it does not run. */
export type LastRun = Readonly<z.infer<typeof lastRunSchema>>;

const pathOf = (directory: string) => join(directory, "last-run.json");

export function keepLastRun(directory: string, lastRun: LastRun): void {
  writePrivateFile(pathOf(directory), `${JSON.stringify(lastRun)}\n`);
}

/** Undefined where the server never ran. */
export function readLastRun(directory: string): LastRun | undefined {
  const text = readIdentityFile(pathOf(directory));
  if (text === undefined) return undefined;
  try {
    return lastRunSchema.parse(JSON.parse(text));
  } catch {
    // It only helps commands: without it they say what they need.
    return undefined;
  }
}
