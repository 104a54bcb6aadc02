import {
  splitClient,
  worldClients,
  crossDomainConfig,
  columnsOfWorld,
  type SplitClient,
} from "@atoll/core/data";
import { methodConfig, resolveMethod, type MethodSettings } from "@atoll/core/methods";
import { describe, expect, test } from "vitest";
import { sameRows } from "./same-rows.ts";
import { tasksOf } from "./tasks.ts";

const world = crossDomainConfig.parse({
  kind: "cross-domain",
  users: 10,
  domains: { food: { items: 20 }, kitchen: { items: 20 } },
  events: { min: 5, max: 6 },
  titles: {},
});

function splitsOf(seed: number): readonly SplitClient[] {
  const columns = columnsOfWorld(world);
  return worldClients(world, seed).map(({ client, table }) =>
    splitClient(
      table,
      { client, columns, feedback: "implicit", split: { kind: "leave-one-out" } },
      seed,
    ),
  );
}

const given = (entry: Readonly<Record<string, unknown>>, own: Partial<MethodSettings> = {}) => ({
  entry: resolveMethod(
    methodConfig.parse({ kind: "fedcctr", augmentation: { kind: "heuristic" }, ...entry }),
  ),
  settings: { privacy: { kind: "none" }, augmentation: { kind: "none" }, ...own } as MethodSettings,
});

describe("the same rows", () => {
  const splits = splitsOf(1);

  test("are those of other seeds that split alike", () => {
    expect(sameRows(splits, splitsOf(2))).toBe(true);
    expect(sameRows(splits, splits.slice(1))).toBe(false);
  });

  test("are not those with another time, title, id, or part", () => {
    const [food, kitchen] = splits as readonly [SplitClient, SplitClient];
    const other = (own: Partial<SplitClient>) => sameRows(splits, [{ ...food, ...own }, kitchen]);
    expect(other({})).toBe(true);
    expect(other({ time: food.time!.map((time, row) => time + (row === 3 ? 1 : 0)) })).toBe(false);
    expect(other({ train: food.train.slice(1) })).toBe(false);
    expect(other({ valid: food.valid.slice(1) })).toBe(false);
    const { text } = food;
    if (text?.kind !== "text") throw new Error("the world has titles");
    expect(other({ text: { ...text, values: text.values.map((title) => `${title}!`) } })).toBe(
      false,
    );
    const renamed = food.categorical.map((entry) =>
      entry.name === "item" && entry.column.kind === "text"
        ? {
            ...entry,
            column: { ...entry.column, values: entry.column.values.map((id) => `${id}x`) },
          }
        : entry,
    );
    expect(other({ categorical: renamed })).toBe(false);
  });
});

test("equal jobs are one task, whatever seed and method, and promises are told", () => {
  const promised = { privacy: { kind: "central" } as MethodSettings["privacy"] };
  const methods = [
    given({ name: "a" }),
    given({ name: "b", width: 8 }),
    given({ name: "c" }, promised),
    given({ name: "d", augmentation: { kind: "none" } }),
    given({ name: "e", augmentation: { kind: "random" } }),
  ];
  const cells = [1, 2].flatMap((seed) => {
    const splits = splitsOf(seed);
    return methods.map((method) => ({ method, splits }));
  });
  const tasks = tasksOf(cells);
  // Under a promise popularity is not looked at: another job.
  expect(tasks.map((task) => [task.methods, task.promised])).toEqual([
    [["a", "b"], []],
    [["c"], ["c"]],
    [["e"], []],
  ]);
});
