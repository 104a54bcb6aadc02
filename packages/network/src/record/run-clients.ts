import { AtollError } from "@atoll/core/errors";
import { addEntry } from "./audit.ts";
import type { Store } from "./store.ts";
import type { Row, RunClient, RunRecord } from "./types.ts";
import { claimOf, maybeTextOf, plainText, textOf } from "./values.ts";

export function runClients({
  read,
  change,
}: Store): Pick<RunRecord, "runClients" | "setRunClient"> {
  return {
    runClients: async (run) =>
      (await read("SELECT * FROM run_clients WHERE run = $1 ORDER BY position", [run])).map(
        clientOf,
      ),
    // The last word counts, but nothing comes after having forgotten.
    setRunClient: ({ run, client, state, nowMs, ...words }) =>
      change("setRunClient", async (transaction) => {
        const { query } = transaction;
        const code = words.code && plainText(words.code);
        const reason = words.reason && plainText(words.reason);
        const [row] = await query("SELECT * FROM run_clients WHERE run = $1 AND client = $2", [
          run,
          client,
        ]);
        if (row === undefined)
          throw new AtollError("CLIENT_UNKNOWN", `client "${client}" has no part in run "${run}"`);
        const known = clientOf(row);
        if (known.state === "forgotten") return;
        if (known.state === state && known.code === code && known.reason === reason) return;
        await query(
          `UPDATE run_clients SET state = $1, code = $2, reason = $3
           WHERE run = $4 AND client = $5 AND state <> 'forgotten'`,
          [state, code, reason, run, client],
        );
        await addEntry(transaction, `client-${state}`, {
          detail: { run, client, code, reason },
          nowMs,
        });
      }),
  };
}

function clientOf(row: Row): RunClient {
  return {
    client: textOf(row, "client"),
    state: textOf(row, "state") as RunClient["state"],
    code: maybeTextOf(row, "code"),
    reason: maybeTextOf(row, "reason"),
    job: claimOf(row, "job"),
  };
}
