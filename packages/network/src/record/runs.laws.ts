import { describe, expect, test } from "vitest";
import {
  cell,
  claim,
  newRun,
  request,
  taskKey,
  type RecordUnderTest,
} from "./record-under-test.fixture.ts";

/** Runs, and what clients say of them. */
export function runLaws(at: RecordUnderTest): void {
  describe("runs", () => {
    test("a run is there with its clients and cells, and survives", async () => {
      await at.twice(() => at.record.createRun(newRun(), 3));
      const { jobs: _, ...words } = newRun();
      const row = { ...words, state: "waiting", createdAtMs: 3 };
      expect(await at.record.run("r1")).toEqual({
        ...row,
        reason: undefined,
        endedAtMs: undefined,
      });
      expect(await at.record.runs()).toHaveLength(1);
      expect(await at.record.runClients("r1")).toEqual([
        { client: "de", state: "asked", code: undefined, reason: undefined, job: claim("a1") },
        { client: "fr", state: "asked", code: undefined, reason: undefined, job: claim("a2") },
      ]);
      expect(
        (await at.record.cells("r1")).map(({ cell: { seed, method } }) => [seed, method]),
      ).toEqual([
        [7, "local"],
        [7, "fedavg"],
        [8, "local"],
        [8, "fedavg"],
      ]);
      const other = at.record.createRun({ ...newRun(), experiment: "{}" }, 4);
      await expect(other).rejects.toMatchObject({ code: "RUN_DIVERGED" });
      expect(await at.record.run("r2")).toBeUndefined();
    });

    test("an end is final", async () => {
      await at.record.createRun(newRun(), 3);
      await at.twice(() => at.record.setRunState({ run: "r1", state: "running", nowMs: 4 }));
      const failed = { run: "r1", state: "failed", reason: "why", nowMs: 5 } as const;
      await at.twice(() => at.record.setRunState(failed));
      for (const state of ["waiting", "running", "done", "cancelled"] as const) {
        const change = at.record.setRunState({ run: "r1", state, nowMs: 6 });
        await expect(change).rejects.toMatchObject({ code: "RUN_ENDED" });
      }
      expect(await at.record.run("r1")).toMatchObject({
        state: "failed",
        reason: "why",
        endedAtMs: 5,
      });
      const unknown = at.record.setRunState({ ...failed, run: "r2" });
      await expect(unknown).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
    });

    test("nothing is opened, kept or finished in a run that has ended, and its answers come late", async () => {
      await at.record.createRun(newRun(), 3);
      await at.record.openTasks([request("de", 1)], 4);
      await at.record.setRunState({ run: "r1", state: "cancelled", nowMs: 5 });
      expect(await at.record.tasksOf("de")).toEqual([]);
      expect(await at.record.answerTask(taskKey("de", 1), claim("c1"), 6)).toBe("late");
      const state = claim("d1");
      const ended = { code: "RUN_ENDED" };
      await expect(at.record.openTasks([request("de", 2)], 6)).rejects.toMatchObject(ended);
      const checkpoint = { state, rounds: 1, seqs: {} };
      const saved = at.record.checkpoint(cell, checkpoint, { lines: [], nowMs: 6 });
      await expect(saved).rejects.toMatchObject(ended);
      const finished = at.record.finishCell(cell, {
        outcome: "{}",
        state,
        rounds: 1,
        lines: [],
        nowMs: 6,
      });
      await expect(finished).rejects.toMatchObject(ended);
    });

    test("of what a client says the last word counts, until it has forgotten", async () => {
      await at.record.createRun(newRun(), 3);
      const said = {
        run: "r1",
        client: "de",
        code: "POLICY",
        reason: "too few\0\uD800rows",
        nowMs: 4,
      };
      await at.twice(() => at.record.setRunClient({ ...said, state: "refused" }));
      expect((await at.record.runClients("r1"))[0]).toMatchObject({
        code: "POLICY",
        reason: "too few\uFFFD\uFFFDrows",
      });
      const word = (state: "accepted" | "forgotten") => ({
        run: "r1",
        client: "de",
        state,
        nowMs: 5,
      });
      await at.record.setRunClient(word("accepted"));
      await at.twice(() => at.record.setRunClient(word("forgotten")));
      await at.record.setRunClient(word("accepted"));
      const [de, fr] = await at.record.runClients("r1");
      expect(de).toEqual({
        client: "de",
        state: "forgotten",
        code: undefined,
        reason: undefined,
        job: claim("a1"),
      });
      expect(fr!.state).toBe("asked");
      const stranger = at.record.setRunClient({ ...word("accepted"), client: "xx" });
      await expect(stranger).rejects.toMatchObject({ code: "CLIENT_UNKNOWN" });
    });
  });
}
