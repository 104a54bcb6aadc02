import { expect, test } from "vitest";
import { runInOrder, type Task } from "./schedule.ts";

const tasks: Task[] = [
  { seed: 1, method: "GMF", after: [] },
  { seed: 1, method: "MLP", after: ["GMF"] },
  { seed: 1, method: "NeuMF", after: ["GMF", "MLP"] },
  { seed: 2, method: "GMF", after: [] },
];

const keyOf = ({ seed, method }: Task) => `${seed}/${method}`;

test("no task starts before those it waits for have ended, whatever the width", async () => {
  for (const width of [1, 2, 4]) {
    const ended: string[] = [];
    await runInOrder(tasks, width, async (task) => {
      for (const method of task.after) expect(ended).toContain(`${task.seed}/${method}`);
      await new Promise((resolve) => setTimeout(resolve, task.method === "GMF" ? 5 : 1));
      ended.push(keyOf(task));
    });
    expect(ended.toSorted()).toEqual(tasks.map(keyOf).toSorted());
  }
});

test("a failure is thrown after running tasks have ended, and no further task starts", async () => {
  const started: string[] = [];
  let other = false;
  await expect(
    runInOrder(tasks, 2, async (task) => {
      started.push(keyOf(task));
      if (task.seed === 2) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        other = true;
      } else throw new Error("GMF failed");
    }),
  ).rejects.toThrow("GMF failed");
  expect(other).toBe(true);
  expect(started).toEqual(["1/GMF", "2/GMF"]);
});
