import { beforeEach, describe, expect, test } from "vitest";
import {
  claim,
  newRun,
  request,
  taskKey,
  type RecordUnderTest,
} from "./record-under-test.fixture.ts";

/** Requests, leases, answers, and the ends of rounds. */
export function taskLaws(at: RecordUnderTest): void {
  describe("requests", () => {
    beforeEach(() => at.record.createRun(newRun(), 3));

    test("a round is opened once; another request in its place is refused as a whole", async () => {
      const opened = await at.twice(() =>
        at.record.openTasks([request("de", 1), request("fr", 1)], 4),
      );
      expect(opened[1]).toEqual({
        ...request("fr", 1),
        state: "open",
        answer: undefined,
        leasedUntilMs: undefined,
        openedAtMs: 4,
        answeredAtMs: undefined,
      });
      const other = at.record.openTasks([request("xx", 1), request("fr", 1, "ff")], 5);
      await expect(other).rejects.toMatchObject({ code: "RUN_DIVERGED" });
      expect(await at.record.task(taskKey("xx", 1))).toBeUndefined();
      // A later call may bring further clients; those that are there keep their time.
      const more = await at.record.openTasks([request("fr", 1), request("it", 1)], 6);
      expect(more.map(({ client, openedAtMs }) => [client, openedAtMs])).toEqual([
        ["fr", 4],
        ["it", 6],
      ]);
    });

    test("a lease is given and prolonged, and ends with the answer", async () => {
      await at.record.openTasks([request("de", 1), request("fr", 1)], 4);
      await at.twice(() => at.record.leaseTask(taskKey("de", 1), { untilMs: 50, nowMs: 5 }));
      await at.record.leaseTask(taskKey("de", 1), { untilMs: 60, nowMs: 6 });
      expect(await at.record.tasksOf("de")).toMatchObject([{ state: "leased", leasedUntilMs: 60 }]);
      await at.record.answerTask(taskKey("de", 1), claim("c1"), 7);
      await at.record.leaseTask(taskKey("de", 1), { untilMs: 70, nowMs: 8 });
      await at.record.leaseTask(taskKey("de", 9), { untilMs: 70, nowMs: 8 });
      expect(await at.record.task(taskKey("de", 1))).toMatchObject({
        state: "answered",
        answer: claim("c1"),
        answeredAtMs: 7,
      });
      expect(await at.record.tasksOf("de")).toEqual([]);
      expect(await at.kinds()).toEqual(["run-created", "round", "leased", "answered"]);
    });

    test("one answer is taken, for good", async () => {
      await at.record.openTasks([request("de", 1)], 4);
      const answer = (name: string) => at.record.answerTask(taskKey("de", 1), claim(name), 5);
      expect(await at.twice(() => answer("c1"))).toBe("taken");
      expect(await at.twice(() => answer("c2"))).toBe("other");
      expect((await at.record.task(taskKey("de", 1)))!.answer).toEqual(claim("c1"));
      expect(await at.record.answerTask(taskKey("de", 2), claim("c1"), 5)).toBe("late");
    });

    test("closing a round drops who has not answered", async () => {
      await at.record.openTasks([request("de", 1), request("fr", 1)], 4);
      await at.record.answerTask(taskKey("de", 1), claim("c1"), 5);
      const keys = [taskKey("fr", 1), taskKey("de", 1)];
      const closed = await at.twice(() => at.record.dropTasks(keys, 6));
      expect(closed.map(({ client, state }) => [client, state])).toEqual([
        ["fr", "dropped"],
        ["de", "answered"],
      ]);
      expect(await at.twice(() => at.record.answerTask(taskKey("fr", 1), claim("c2"), 7))).toBe(
        "late",
      );
      // A round that is asked again after a crash is still closed.
      expect(await at.record.openTasks([request("fr", 1)], 8)).toMatchObject([
        { state: "dropped" },
      ]);
    });

    test("an answer and the end of its round, at once: both say the same", async () => {
      for (let seq = 1; seq <= 10; seq++) {
        await at.record.openTasks([request("de", seq)], 4);
        const answered = () => at.record.answerTask(taskKey("de", seq), claim("c1"), 5);
        const dropped = () => at.record.dropTasks([taskKey("de", seq)], 5);
        const [said, [closed]] =
          seq % 2 === 0
            ? await Promise.all([answered(), dropped()])
            : ((await Promise.all([dropped(), answered()])).toReversed() as [
                string,
                Awaited<ReturnType<typeof dropped>>,
              ]);
        expect(closed).toEqual(await at.record.task(taskKey("de", seq)));
        expect(said).toBe(closed!.state === "answered" ? "taken" : "late");
      }
    });
  });
}
