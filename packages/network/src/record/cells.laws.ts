import { canonicalJson } from "@atoll/core/federation";
import { beforeEach, describe, expect, test } from "vitest";
import {
  cell,
  claim,
  newRun,
  request,
  taskKey,
  type RecordUnderTest,
} from "./record-under-test.fixture.ts";

/** Checkpoints, ends of cells, and what both leave behind. */
export function cellLaws(at: RecordUnderTest): void {
  describe("cells", () => {
    beforeEach(() => at.record.createRun(newRun(), 3));
    const line = (n: number) => ({ cell, line: canonicalJson({ n }) });

    test("a checkpoint keeps state and lines, and deletes what it has seen", async () => {
      await at.record.openTasks([request("de", 1), request("fr", 1)], 4);
      await at.record.openTasks([request("de", 2)], 4);
      const first = { state: claim("d1"), rounds: 1, seqs: { de: 1, fr: 1 } };
      const save = () => at.record.checkpoint(cell, first, { lines: [line(1), line(2)], nowMs: 5 });
      await at.twice(save);
      expect(await at.record.task(taskKey("de", 1))).toBeUndefined();
      expect(await at.record.task(taskKey("de", 2))).toBeDefined();
      expect((await at.record.cells("r1"))[1]).toEqual({
        cell,
        state: "open",
        checkpoint: first,
        outcome: undefined,
      });
      const second = { state: claim("d2"), rounds: 2, seqs: { de: 2, fr: 1 } };
      await at.record.checkpoint(cell, second, { lines: [line(3)], nowMs: 6 });
      expect(await at.record.tasksOf("de")).toEqual([]);
      expect(await at.record.lines("r1")).toEqual([line(1), line(2), line(3)]);
      // What went before is neither gone back to nor asked again.
      await expect(save()).rejects.toMatchObject({ code: "RUN_DIVERGED" });
      const again = at.record.openTasks([request("de", 2)], 7);
      await expect(again).rejects.toMatchObject({ code: "RUN_DIVERGED" });
    });

    test("many lines at once keep their order", async () => {
      const lines = Array.from({ length: 1201 }, (_, n) => line(n));
      await at.record.checkpoint(
        cell,
        { state: claim("d1"), rounds: 1, seqs: {} },
        { lines, nowMs: 5 },
      );
      expect(await at.record.lines("r1")).toEqual(lines);
    });

    test("a cell is finished once", async () => {
      const seqs = { de: 1 };
      await at.record.checkpoint(
        cell,
        { state: claim("d1"), rounds: 3, seqs },
        { lines: [], nowMs: 4 },
      );
      await at.record.openTasks([request("de", 2)], 4);
      const outcome = '{"auc":1}';
      const done = { outcome, state: claim("d2"), rounds: 4, lines: [line(1)], nowMs: 5 };
      await at.twice(() => at.record.finishCell(cell, done));
      expect(await at.record.task(taskKey("de", 2))).toBeUndefined();
      expect((await at.record.cells("r1"))[1]).toEqual({
        cell,
        state: "done",
        checkpoint: { state: claim("d2"), rounds: 4, seqs },
        outcome: done.outcome,
      });
      expect(await at.record.lines("r1")).toEqual([line(1)]);
      const other = at.record.finishCell(cell, { ...done, outcome: "{}" });
      await expect(other).rejects.toMatchObject({ code: "RUN_DIVERGED" });
      const nowhere = at.record.finishCell({ ...cell, seed: 9 }, done);
      await expect(nowhere).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
    });

    test("of accounts the last word counts, also after the end", async () => {
      const said = (account: string) =>
        at.record.setAccount({ cell, client: "de", account, nowMs: 5 });
      await said("1");
      await at.record.setRunState({ run: "r1", state: "done", nowMs: 6 });
      await at.twice(() => said("2"));
      expect(await at.record.accounts("r1")).toEqual([{ cell, client: "de", account: "2" }]);
    });

    test("two runs do not see each other", async () => {
      const second = { ...cell, run: "r2" };
      await at.record.createRun({ ...newRun("r2"), jobs: new Map([["de", claim("a3")]]) }, 4);
      await at.record.openTasks([request("de", 1), { ...request("de", 1, "b9"), cell: second }], 5);
      await at.record.answerTask({ ...taskKey("de", 1), cell: second }, claim("c1"), 6);
      await at.record.finishCell(second, {
        outcome: "{}",
        state: claim("d1"),
        rounds: 1,
        lines: [line(1)],
        nowMs: 7,
      });
      await at.record.setAccount({ cell: second, client: "de", account: "1", nowMs: 7 });
      await at.record.setRunState({ run: "r2", state: "cancelled", nowMs: 8 });
      expect(await at.record.tasksOf("de")).toMatchObject([{ cell, state: "open" }]);
      expect((await at.record.run("r1"))!.state).toBe("waiting");
      expect((await at.record.cells("r1")).every(({ state }) => state === "open")).toBe(true);
      expect(await at.record.lines("r1")).toEqual([]);
      expect(await at.record.accounts("r1")).toEqual([]);
      expect((await at.record.runs()).map(({ id }) => id)).toEqual(["r1", "r2"]);
    });

    test("all blobs that something may still ask for are in use", async () => {
      const inUse = async () =>
        [...(await at.record.blobsInUse())].map((hash) => hash.slice(0, 2)).toSorted();
      await at.record.openTasks([request("de", 1), request("fr", 1, "b2")], 4);
      await at.record.answerTask(taskKey("de", 1), claim("c1"), 5);
      expect(await inUse()).toEqual(["a1", "a2", "b1", "b2", "c1"]);
      const checkpoint = { state: claim("d1"), rounds: 1, seqs: { de: 1, fr: 1 } };
      await at.record.checkpoint(cell, checkpoint, { lines: [], nowMs: 6 });
      await at.record.openTasks([request("de", 2, "b3")], 7);
      expect(await inUse()).toEqual(["a1", "a2", "b3", "d1"]);
      await at.record.setRunState({ run: "r1", state: "failed", nowMs: 8 });
      expect(await inUse()).toEqual(["a1", "a2", "d1"]);
    });
  });
}
