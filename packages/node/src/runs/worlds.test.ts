import { expect, test } from "vitest";
import { parseExperiment } from "../experiment/index.ts";
import { prepareClients } from "./prepare.ts";

const experimentOf = (worlds: string) =>
  parseExperiment(
    `data:
  kind: scenarios
  worlds: ${worlds}
  worldSeed: 7
  scenarios: { a: { rows: 120 }, b: { rows: 60 } }
split: { kind: random, valid: 0.2, test: 0.2 }
model: { kind: mmoe }
methods: [local]
seeds: [1, 2]
`,
    "world.yaml",
  );

const prepared = (worlds: string) =>
  prepareClients(experimentOf(worlds), ".", () => {}, new AbortController().signal);

/** The sorted labels and first feature of a client's rows, whatever the split. */
const numbersOf = async (worlds: string, seed: number, client = "a") => {
  const split = (await prepared(worlds)).get(seed)!.find((one) => one.client === client)!;
  const { column } = split.numeric[0]!;
  return [...(column as unknown as { values: Float64Array }).values].sort((a, b) => a - b);
};

test("each seed has its own world where the experiment says so, and one otherwise", async () => {
  expect(await numbersOf("one", 1)).toEqual(await numbersOf("one", 2));
  expect(await numbersOf("each-seed", 1)).not.toEqual(await numbersOf("each-seed", 2));
  expect(await numbersOf("each-seed", 2)).toEqual(await numbersOf("each-seed", 2));
});
