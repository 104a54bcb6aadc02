import { expect, test } from "vitest";
import { encode } from "./encode.ts";
import { joinOracles, oracleAt } from "./oracle.ts";
import { columnsOfScenarios, scenarioOracles } from "./scenarios/columns.ts";
import { scenariosConfig } from "./scenarios/config.ts";
import { scenarioWorld } from "./scenarios/world.ts";
import { selectTask } from "./select-task.ts";
import { splitClient } from "./split-client.ts";

test("true probabilities of tasks lie side by side, and are taken row by row", () => {
  const joined = joinOracles(
    [Float64Array.of(0.1, 0.2, 0.3), Float64Array.of(0.4, 0.5, 0.6)],
    Int32Array.of(2, 0, 1),
  );
  expect([...joined]).toEqual([0.3, 0.6, 0.1, 0.4, 0.2, 0.5]);
  expect([...oracleAt(joined, Int32Array.of(2, 0), 2)]).toEqual([0.2, 0.5, 0.3, 0.6]);
});

const config = scenariosConfig.parse({
  kind: "scenarios",
  scenarios: { a: { rows: 200 }, b: { rows: 100, tasks: ["click"] } },
});

/** By the value of x0, which no two rows have in common: the truth as the world wrote it. */
const truths = new Map(
  scenarioWorld(config).flatMap(({ table }) => {
    const [x, click, sale] = ["x0", ...scenarioOracles].map((name) => {
      const column = table.columns[name]!;
      return column.kind === "number" ? column.values : new Float64Array(0);
    });
    return Array.from(
      x!,
      (value, row) => [Math.fround(value), [click![row]!, sale![row]!]] as const,
    );
  }),
);

test("every test row keeps the truth of each task through split, pooling and selection", () => {
  const splits = scenarioWorld(config).map(({ client, table }) =>
    splitClient(
      table,
      {
        client,
        columns: columnsOfScenarios(config),
        feedback: "explicit",
        oracleColumns: scenarioOracles,
        split: { kind: "random", valid: 0.2, test: 0.3 },
      },
      1,
    ),
  );
  const { data } = encode(splits, { minCount: 1 });
  const ofRow = ({ rows, at }: { rows: { numeric: Float32Array }; at: Int32Array }, i: number) =>
    truths.get(rows.numeric[at[i]! * 20]!)!;
  for (const { test: held } of data.parts) {
    const examples = held.examples();
    expect(examples.oracle!.length).toBe(2 * examples.numRows);
    for (let i = 0; i < examples.numRows; i++)
      expect([...examples.oracle!.subarray(2 * i, 2 * i + 2)]).toEqual(ofRow(examples, i));
  }
  const first = selectTask(data, "sale").parts[0]!.test.examples();
  expect(first.oracle!.length).toBe(60);
  first.oracle!.forEach((p, i) => expect(p).toBe(ofRow(first, i)[1]));
});

test("a true probability that is a feature too would be read by models: it is refused", () => {
  const columns = columnsOfScenarios(config);
  const [{ table }] = scenarioWorld(config) as [ReturnType<typeof scenarioWorld>[number]];
  expect(() =>
    splitClient(
      table,
      {
        client: "a",
        columns: { ...columns, numeric: [...columns.numeric, "trueSale"] },
        feedback: "explicit",
        oracleColumns: scenarioOracles,
        split: { kind: "random", valid: 0.2, test: 0.3 },
      },
      1,
    ),
  ).toThrow('column "trueSale" is the true probability and a numeric feature at once');
});
