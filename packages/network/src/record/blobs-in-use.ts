import type { Store } from "./store.ts";
import type { RunRecord } from "./types.ts";
import { textOf } from "./values.ts";

/** Tasks of a run that has ended are history: nobody fetches their bytes any more. */
const GOES_ON = "run IN (SELECT id FROM runs WHERE state IN ('waiting', 'running'))";

export function blobsInUse({ read }: Store): Pick<RunRecord, "blobsInUse"> {
  return {
    blobsInUse: async () => {
      const rows = await read(
        `SELECT job_sha256 AS sha256 FROM run_clients
         UNION SELECT state_sha256 FROM cells WHERE state_sha256 IS NOT NULL
         UNION SELECT request_sha256 FROM tasks WHERE ${GOES_ON}
         UNION SELECT answer_sha256 FROM tasks WHERE answer_sha256 IS NOT NULL AND ${GOES_ON}`,
      );
      return new Set(rows.map((row) => textOf(row, "sha256")));
    },
  };
}
