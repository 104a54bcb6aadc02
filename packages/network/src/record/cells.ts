import { AtollError } from "@atoll/core/errors";
import { canonicalJson } from "@atoll/core/federation";
import type { CellKey, Claim } from "../protocol/types.ts";
import { addEntry } from "./audit.ts";
import { checkGoesOn } from "./runs.ts";
import type { Store, Transaction } from "./store.ts";
import type { CellCheckpoint, CellRow, MetricLine, Row, RunRecord } from "./types.ts";
import { maybeClaimOf, maybeTextOf, numberOf, placesFor, textOf } from "./values.ts";

/** Rows of one statement at most: databases have limits on parameters. */
const ROWS_AT_ONCE = 500;

export function training({
  read,
  change,
}: Store): Pick<RunRecord, "cells" | "checkpoint" | "finishCell" | "lines"> {
  return {
    cells: async (run) =>
      (await read("SELECT * FROM cells WHERE run = $1 ORDER BY position", [run])).map(cellOf),
    checkpoint: (cell, checkpoint, { lines, nowMs }) =>
      change("checkpoint", async (transaction) => {
        const known = await findCell(transaction, cell);
        const before = known.checkpoint;
        if (before !== undefined && canonicalJson(before) === canonicalJson(checkpoint)) return;
        await checkGoesOn(transaction, cell.run);
        if (known.state === "done" || checkpoint.rounds < (before?.rounds ?? 0))
          throw diverged(cell, `comes to ${checkpoint.rounds} rounds, and was beyond that`);
        const { state, rounds, seqs } = checkpoint;
        await transaction.query(
          `UPDATE cells SET state_sha256 = $1, state_bytes = $2, rounds = $3, seqs = $4
           WHERE run = $5 AND seed = $6 AND method = $7 AND state = 'open'`,
          [state.sha256, state.sizeBytes, rounds, canonicalJson(seqs), ...keyOf(cell)],
        );
        await deleteSeen(transaction, cell, seqs);
        await addLines(transaction, cell, lines);
        await addEntry(transaction, "checkpoint", {
          detail: { cell, rounds, state: state.sha256 },
          nowMs,
        });
      }),
    finishCell: (cell, { outcome, state, rounds, lines, nowMs }) =>
      change("finishCell", async (transaction) => {
        const known = await findCell(transaction, cell);
        if (known.state === "done") {
          if (known.outcome === outcome && known.checkpoint?.state.sha256 === state.sha256) return;
          throw diverged(cell, "was finished with another outcome");
        }
        await checkGoesOn(transaction, cell.run);
        await transaction.query(
          `UPDATE cells SET state = 'done', state_sha256 = $1, state_bytes = $2, outcome = $3, rounds = $4
           WHERE run = $5 AND seed = $6 AND method = $7 AND state = 'open'`,
          [state.sha256, state.sizeBytes, outcome, rounds, ...keyOf(cell)],
        );
        await transaction.query(
          "DELETE FROM tasks WHERE run = $1 AND seed = $2 AND method = $3",
          keyOf(cell),
        );
        await addLines(transaction, cell, lines);
        await addEntry(transaction, "cell-done", { detail: { cell, state: state.sha256 }, nowMs });
      }),
    lines: async (run) => {
      const rows = await read(
        `SELECT l.run, l.seed, l.method, l.line FROM metric_lines l
         JOIN cells c ON c.run = l.run AND c.seed = l.seed AND c.method = l.method
         WHERE l.run = $1 ORDER BY c.position, l.number`,
        [run],
      );
      return rows.map((row) => ({ cell: cellKeyOf(row), line: textOf(row, "line") }));
    },
  };
}

export function keyOf({ run, seed, method }: CellKey): readonly [string, number, string] {
  return [run, seed, method];
}

export function cellKeyOf(row: Row): CellKey {
  return { run: textOf(row, "run"), seed: numberOf(row, "seed"), method: textOf(row, "method") };
}

/** RUN_UNKNOWN. */
export async function findCell({ query }: Transaction, cell: CellKey): Promise<CellRow> {
  const [row] = await query(
    "SELECT * FROM cells WHERE run = $1 AND seed = $2 AND method = $3",
    keyOf(cell),
  );
  if (row === undefined)
    throw new AtollError(
      "RUN_UNKNOWN",
      `run "${cell.run}" has no cell of method "${cell.method}" with seed ${cell.seed}; \`atoll runs\` lists the runs`,
    );
  return cellOf(row);
}

function cellOf(row: Row): CellRow {
  const state = maybeClaimOf(row, "state");
  return {
    cell: cellKeyOf(row),
    state: textOf(row, "state") as CellRow["state"],
    checkpoint: state && checkpointOf(row, state),
    outcome: maybeTextOf(row, "outcome"),
  };
}

function checkpointOf(row: Row, state: Claim): CellCheckpoint {
  const seqs = JSON.parse(textOf(row, "seqs")) as CellCheckpoint["seqs"];
  return { state, rounds: numberOf(row, "rounds"), seqs };
}

async function deleteSeen(
  { query }: Transaction,
  cell: CellKey,
  seqs: CellCheckpoint["seqs"],
): Promise<void> {
  const ofCell = "FROM tasks WHERE run = $1 AND seed = $2 AND method = $3";
  const left = (await query(`SELECT client, seq ${ofCell}`, keyOf(cell))).some(
    (row) => numberOf(row, "seq") > (seqs[textOf(row, "client")] ?? 0),
  );
  if (!left) await query(`DELETE ${ofCell}`, keyOf(cell));
  else
    for (const [client, seq] of Object.entries(seqs))
      await query(`DELETE ${ofCell} AND client = $4 AND seq <= $5`, [...keyOf(cell), client, seq]);
}

async function addLines(
  { query }: Transaction,
  cell: CellKey,
  lines: readonly MetricLine[],
): Promise<void> {
  const [last] = await query(
    "SELECT coalesce(max(number), 0) AS number FROM metric_lines WHERE run = $1 AND seed = $2 AND method = $3",
    keyOf(cell),
  );
  const first = numberOf(last!, "number") + 1;
  for (let from = 0; from < lines.length; from += ROWS_AT_ONCE) {
    const rows = lines
      .slice(from, from + ROWS_AT_ONCE)
      .map(({ line }, i) => [...keyOf(cell), first + from + i, line]);
    await query(
      `INSERT INTO metric_lines (run, seed, method, number, line) VALUES ${placesFor(rows.length, 5)}`,
      rows.flat(),
    );
  }
}

function diverged({ run, seed, method }: CellKey, problem: string): AtollError {
  return new AtollError(
    "RUN_DIVERGED",
    `run "${run}", method "${method}", seed ${seed}: the cell ${problem}; submit the run anew`,
  );
}
