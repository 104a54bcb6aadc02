import { join } from "node:path";
import { AtollError } from "@atoll/core/errors";
import { takeProcessLock, type ProcessLock } from "@atoll/node/sqlite";

/** Keeps other processes out of a silo's folder until `release`, or until this process ends in whatever way. */
export function lockFolder(folder: string): ProcessLock {
  return takeProcessLock(
    join(folder, "silo.lock"),
    (processId) =>
      new AtollError(
        "SILO_LOCKED",
        `${folder} is in use by process ${processId ?? "unknown"}; stop that one first, or give this one a folder of its own`,
      ),
  );
}
