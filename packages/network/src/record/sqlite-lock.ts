import { AtollError } from "@atoll/core/errors";
import { takeProcessLock, type ProcessLock } from "@atoll/node/sqlite";

/** Makes sure that one process works with a record. RECORD_LOCKED. */
export function takeSqliteLock(file: string): ProcessLock {
  return takeProcessLock(
    `${file}.lock`,
    (processId) =>
      new AtollError(
        "RECORD_LOCKED",
        `${file} is in use by process ${processId ?? "unknown"}; stop that server, or give this one another folder`,
      ),
  );
}
