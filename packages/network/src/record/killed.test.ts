import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createInterface } from "node:readline";
import { afterAll, expect, test } from "vitest";
import { verifyAudit } from "./audit.ts";
import { openRecord } from "./open-record.ts";
import { openSqlite } from "./sql-sqlite.ts";

const folder = mkdtempSync(join(tmpdir(), "atoll-killed-record-"));
afterAll(() => rmSync(folder, { recursive: true }));

const KILLS = 8;

/** Starts the process, kills it when it has said so many lines, and gives back all that it said. */
async function killedAfter(file: string, numLines: number): Promise<readonly string[]> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "recording-process.fixture.ts"), file],
    {
      stdio: ["ignore", "pipe", "inherit"],
      // One that is killed keeps nothing of what it compiled: the tests' common place has it from others.
      env: { NODE_COMPILE_CACHE: join(folder, "compiled"), ...process.env },
    },
  );
  const lines: string[] = [];
  const ended = once(child, "close");
  createInterface(child.stdout).on("line", (line) => {
    lines.push(line);
    if (lines.length === numLines) child.kill("SIGKILL");
  });
  expect(await ended).toEqual([null, "SIGKILL"]);
  return lines;
}

test("a record whose process is killed, again and again, keeps all that was said to be kept", async () => {
  const file = join(folder, "record.sqlite");
  let kept = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    // Right after it is opened, then after each kind of transition; the next one is under way.
    const lines = await killedAfter(file, 1 + ((kill * 7) % 31));
    expect(lines[0]).toBe("open");
    const last = (word: string) =>
      Number(lines.findLast((line) => line.startsWith(word))?.split(" ")[1] ?? 0);

    const database = new DatabaseSync(file);
    expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    database.close();
    const record = await openRecord(await openSqlite(file));
    expect(await verifyAudit(record)).toBeUndefined();
    const [found] = await record.cells("r1");
    const rounds = found?.checkpoint?.rounds ?? 0;
    kept = Math.max(kept, last("kept"));
    expect(rounds).toBeGreaterThanOrEqual(kept);
    // One transition may have been committed and not said.
    expect(rounds).toBeLessThanOrEqual(Math.max(kept, last("answered")) + 1);
    kept = rounds;
    // Nothing lost, nothing doubled, nothing of one transition without the rest.
    expect((await record.lines("r1")).map(({ line }) => Number(line))).toEqual(
      Array.from({ length: rounds }, (_, i) => i + 1),
    );
    const tasks = await record.tasksOf("de");
    expect(tasks.every(({ seq }) => seq === rounds + 1)).toBe(true);
    if (last("answered") === rounds + 1) {
      const answered = await record.task({ cell: found!.cell, client: "de", seq: rounds + 1 });
      expect(answered).toMatchObject({ state: "answered" });
    } else if (last("opened") === rounds + 1) {
      const opened = await record.task({ cell: found!.cell, client: "de", seq: rounds + 1 });
      expect(opened).toBeDefined();
    }
    const kinds = (await record.audit(1, 10_000)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "checkpoint")).toHaveLength(rounds);
    await record.close();
  }
  expect(kept).toBeGreaterThan(KILLS);
});
