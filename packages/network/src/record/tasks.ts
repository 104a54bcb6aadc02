import { AtollError } from "@atoll/core/errors";
import type { CellKey } from "../protocol/types.ts";
import { addEntry } from "./audit.ts";
import { cellKeyOf, findCell, keyOf } from "./cells.ts";
import { checkGoesOn } from "./runs.ts";
import type { Store, Transaction } from "./store.ts";
import type { Row, RunRecord, TaskRow } from "./types.ts";
import { claimOf, maybeClaimOf, maybeNumberOf, numberOf, placesFor, textOf } from "./values.ts";

type TaskKey = Pick<TaskRow, "cell" | "client" | "seq">;
type NewTask = Parameters<RunRecord["openTasks"]>[0][number];

const OF_CELL = "WHERE run = $1 AND seed = $2 AND method = $3";
const OF_TASK = `${OF_CELL} AND client = $4 AND seq = $5`;
const ROWS_AT_ONCE = 500;

export function tasks({
  read,
  change,
}: Store): Pick<
  RunRecord,
  "openTasks" | "task" | "tasksOf" | "leaseTask" | "answerTask" | "dropTasks"
> {
  return {
    openTasks: (wanted, nowMs) =>
      change("openTasks", async (transaction) => {
        for (const [cell, ofCell] of byCell(wanted))
          await openTasksOf(transaction, cell, { wanted: ofCell, nowMs });
        return tasksAt(transaction, wanted);
      }),
    task: (key) => findTask({ query: read }, key),
    tasksOf: async (client) => {
      const rows = await read(
        `SELECT t.* FROM tasks t JOIN runs r ON r.id = t.run
         WHERE t.client = $1 AND t.state IN ('open', 'leased') AND r.state IN ('waiting', 'running')
         ORDER BY r.position, t.seed, t.method, t.seq`,
        [client],
      );
      return rows.map(taskOf);
    },
    leaseTask: (key, { untilMs, nowMs }) =>
      change("leaseTask", async (transaction) => {
        const known = await findTask(transaction, key);
        if (known?.state !== "open" && known?.state !== "leased") return;
        await transaction.query(
          `UPDATE tasks SET state = 'leased', leased_until_ms = $6 ${OF_TASK} AND state IN ('open', 'leased')`,
          [...taskKeyOf(key), untilMs],
        );
        // Leases are prolonged often, and given once.
        if (known.state === "open")
          await addEntry(transaction, "leased", { detail: plainKey(key), nowMs });
      }),
    answerTask: (key, answer, nowMs) =>
      change("answerTask", async (transaction) => {
        const known = await findTask(transaction, key);
        if (known === undefined || known.state === "dropped") return "late";
        if (known.answer !== undefined)
          return known.answer.sha256 === answer.sha256 ? "taken" : "other";
        await transaction.query(
          `UPDATE tasks SET state = 'answered', answer_sha256 = $6, answer_bytes = $7, answered_at_ms = $8
           ${OF_TASK} AND state IN ('open', 'leased')`,
          [...taskKeyOf(key), answer.sha256, answer.sizeBytes, nowMs],
        );
        await addEntry(transaction, "answered", {
          detail: { ...plainKey(key), answer: answer.sha256 },
          nowMs,
        });
        return "taken";
      }),
    dropTasks: (keys, nowMs) =>
      change("dropTasks", async (transaction) => {
        const left = (await tasksAt(transaction, keys)).filter(
          ({ state }) => state === "open" || state === "leased",
        );
        for (const key of left)
          await transaction.query(
            `UPDATE tasks SET state = 'dropped' ${OF_TASK} AND state IN ('open', 'leased')`,
            taskKeyOf(key),
          );
        for (const [cell, dropped] of byCell(left))
          await addEntry(transaction, "dropped", {
            detail: {
              cell,
              seqs: Object.fromEntries(dropped.map(({ client, seq }) => [client, seq])),
            },
            nowMs,
          });
        return tasksAt(transaction, keys);
      }),
  };
}

async function openTasksOf(
  transaction: Transaction,
  cell: CellKey,
  { wanted, nowMs }: { readonly wanted: readonly NewTask[]; readonly nowMs: number },
): Promise<void> {
  const known = new Map((await tasksOfCell(transaction, cell)).map((row) => [nameOf(row), row]));
  const added = wanted.filter((task) => {
    const row = known.get(nameOf(task));
    if (row !== undefined && row.request.sha256 !== task.request.sha256)
      throw diverged(task, `was ${row.request.sha256.slice(0, 12)} before`);
    return row === undefined;
  });
  if (added.length === 0) return;
  await checkGoesOn(transaction, cell.run);
  const { state, checkpoint } = await findCell(transaction, cell);
  for (const task of added)
    if (state === "done" || task.seq <= (checkpoint?.seqs[task.client] ?? 0))
      throw diverged(task, "is of a round that had ended before");
  for (let from = 0; from < added.length; from += ROWS_AT_ONCE) {
    const rows = added
      .slice(from, from + ROWS_AT_ONCE)
      .map(({ client, seq, stage, round, request: { sha256, sizeBytes } }) => [
        ...keyOf(cell),
        client,
        seq,
        stage,
        round,
        sha256,
        sizeBytes,
        "open",
        nowMs,
      ]);
    await transaction.query(
      `INSERT INTO tasks (run, seed, method, client, seq, stage, round, request_sha256, request_bytes, state, opened_at_ms)
       VALUES ${placesFor(rows.length, 11)}`,
      rows.flat(),
    );
  }
  const { stage, round } = added[0]!;
  const requests = Object.fromEntries(
    added.map(({ client, seq, request }) => [client, { seq, request: request.sha256 }]),
  );
  await addEntry(transaction, "round", { detail: { cell, stage, round, requests }, nowMs });
}

/** The tasks that are there, in the order of the keys. */
async function tasksAt(
  transaction: Transaction,
  keys: readonly TaskKey[],
): Promise<readonly TaskRow[]> {
  const found = new Map<string, TaskRow>();
  for (const [cell] of byCell(keys))
    for (const row of await tasksOfCell(transaction, cell)) found.set(nameOf(row), row);
  return keys.flatMap((key) => found.get(nameOf(key)) ?? []);
}

async function tasksOfCell({ query }: Transaction, cell: CellKey): Promise<readonly TaskRow[]> {
  return (await query(`SELECT * FROM tasks ${OF_CELL}`, keyOf(cell))).map(taskOf);
}

async function findTask({ query }: Transaction, key: TaskKey): Promise<TaskRow | undefined> {
  const [row] = await query(`SELECT * FROM tasks ${OF_TASK}`, taskKeyOf(key));
  return row && taskOf(row);
}

function taskOf(row: Row): TaskRow {
  return {
    cell: cellKeyOf(row),
    client: textOf(row, "client"),
    seq: numberOf(row, "seq"),
    stage: textOf(row, "stage"),
    round: numberOf(row, "round"),
    request: claimOf(row, "request"),
    state: textOf(row, "state") as TaskRow["state"],
    answer: maybeClaimOf(row, "answer"),
    leasedUntilMs: maybeNumberOf(row, "leased_until_ms"),
    openedAtMs: numberOf(row, "opened_at_ms"),
    answeredAtMs: maybeNumberOf(row, "answered_at_ms"),
  };
}

function byCell<Key extends Pick<TaskRow, "cell">>(
  keys: readonly Key[],
): readonly (readonly [CellKey, readonly Key[]])[] {
  const groups = Map.groupBy(keys, ({ cell }) => JSON.stringify(keyOf(cell)));
  return [...groups.values()].map((group) => [group[0]!.cell, group] as const);
}

function nameOf({ cell, client, seq }: TaskKey): string {
  return JSON.stringify([...keyOf(cell), client, seq]);
}

function taskKeyOf({ cell, client, seq }: TaskKey): readonly (string | number)[] {
  return [...keyOf(cell), client, seq];
}

function plainKey({ cell, client, seq }: TaskKey): TaskKey {
  return { cell, client, seq };
}

function diverged({ cell, client, seq }: TaskKey, problem: string): AtollError {
  return new AtollError(
    "RUN_DIVERGED",
    `run "${cell.run}", method "${cell.method}", seed ${cell.seed}: request ${seq} to "${client}" ${problem}; submit the run anew`,
  );
}
