import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { exportLedger, ledgerSchema, type LedgerExport } from "@atoll/node/ledger";
import { resultSchema, type Result } from "@atoll/node/results";

/** What a path names. */
export type Source =
  | { readonly kind: "run"; readonly name: string; readonly result: Result }
  | { readonly kind: "ledger"; readonly name: string; readonly ledger: LedgerExport };

const SQLITE = "SQLite format 3\0";

/** Where a run keeps the accounts of its trainings, and where it is told to the world. */
const LEDGER = "ledger.sqlite";
const RESULT = "result.json";

/**
 * Reads a run folder, a ledger file or an exported ledger; a run that did not finish is its ledger. `name` stands
 * for the path in what is said. Undefined where it is none of these.
 */
export async function readSource(path: string, name: string): Promise<Source | undefined> {
  const found = await stat(path).catch(ifMissing);
  if (found === undefined) return undefined;
  if (found.isDirectory())
    return (
      (await readSource(join(path, RESULT), name)) ?? (await readSource(join(path, LEDGER), name))
    );
  if (await isDatabase(path)) return { kind: "ledger", name, ledger: await exportLedger(path) };
  const json = parsed(await readFile(path, "utf8"));
  const result = resultSchema.safeParse(json);
  if (result.success) return { kind: "run", name, result: result.data };
  return ledgerSchema.safeParse(json).success
    ? { kind: "ledger", name, ledger: json as LedgerExport }
    : undefined;
}

async function isDatabase(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SQLITE.length), 0);
    return buffer.toString("latin1", 0, bytesRead) === SQLITE;
  } finally {
    await file.close();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function ifMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
  throw error;
}
