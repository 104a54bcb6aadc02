import type { AtollError } from "@atoll/core/errors";

/** How long one waits for another process to finish what it writes. */
export const PATIENCE_MS = 60_000;

/** SQLite's primary result codes. */
export const RESULT = {
  busy: 5,
  readOnly: 8,
  corrupt: 11,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** The primary result code of SQLite's own errors; undefined of others. */
export function resultOf(error: unknown): number | undefined {
  const { code, errcode } = error as { readonly code?: string; readonly errcode?: number };
  return code === "ERR_SQLITE_ERROR" ? (errcode ?? 0) & 255 : undefined;
}

/** Says of SQLite's and the file system's errors what helps, in an error that says which file they are about. */
export function withDatabaseErrors<T>(
  work: () => T,
  {
    damaged,
    unusable,
  }: {
    /** What helps where the file is damaged. */
    readonly damaged: string;
    readonly unusable: (problem: string, cause: unknown) => AtollError;
  },
): T {
  try {
    return work();
  } catch (error) {
    const way = wayOut(error, damaged);
    if (way === undefined) throw error;
    throw unusable(`cannot be used (${(error as Error).message}); ${way}`, error);
  }
}

function wayOut(error: unknown, damaged: string): string | undefined {
  switch (resultOf(error)) {
    case RESULT.busy:
      return `another process has held it for ${PATIENCE_MS / 1000} seconds`;
    case RESULT.corrupt:
    case RESULT.notADatabase:
      return damaged;
    case undefined:
      return isOfFiles(error) ? "see that its folder exists and can be written to" : undefined;
    default:
      return "see that the file and its folder can be written to and have room";
  }
}

function isOfFiles(error: unknown): boolean {
  const { code } = error as { readonly code?: string };
  return code !== undefined && /^E[A-Z]+$/.test(code) && !code.startsWith("ERR");
}
