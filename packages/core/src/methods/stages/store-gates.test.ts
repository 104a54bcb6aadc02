import { describe, expect, test } from "vitest";
import { heldOut, type EvaluationExamples, type TrainingData } from "../../data/index.ts";
import { modelConfig } from "../../models/index.ts";
import type { Numbers, Trainer } from "../../training/index.ts";
import { emptyContext, marketsOf, runInMarkets, settingsOf } from "../two-markets.fixture.ts";
import { evaluateStage } from "./evaluate.ts";
import { GATES_FILE, readGates, storeGates } from "./store-gates.ts";
import { trainStage } from "./train.ts";

/** A trainer whose gates show which state it is in, and of how many rows they are asked. */
function trainerOf(gates: (state: number, rows: number) => number[] | undefined): Trainer {
  let state = 0;
  return {
    restore: ({ parameters }: Numbers) => void (state = parameters![0]!),
    gateUsage: async ({ numRows }: EvaluationExamples) => {
      const shares = gates(state, numRows);
      return shares && Float64Array.from(shares);
    },
  } as unknown as Trainer;
}

const data = {
  parts: [{ client: "a" }, { client: "b" }, { client: "c" }],
  schema: { categorical: [], numeric: [], tasks: ["click", "sale"] },
} as unknown as TrainingData;
const rows = (numRows: number) => heldOut({ numRows } as EvaluationExamples);
const validation = new Map([
  ["a", rows(10)],
  ["b", rows(20)],
  ["c", rows(0)],
]);
const stateAt = (state: number): Numbers => ({ parameters: Float32Array.of(state) });

describe("gates that a client keeps", () => {
  const [split] = marketsOf("explicit");

  test("task by task and expert by expert, in each part's best state, of parts with rows", async () => {
    const context = emptyContext(split!);
    const states = new Map([
      ["a", stateAt(0.25)],
      ["b", stateAt(0.5)],
    ]);
    const stateOf = (part: string) => states.get(part);
    const trainer = trainerOf((state, n) => [state, 0, 1 - state, n, 0, 1 - n]);
    await storeGates(context, trainer, data, { stateOf, validation });
    expect(await readGates(context.store)).toEqual({
      tasks: ["click", "sale"],
      clients: {
        a: [
          [0.25, 0, 0.75],
          [10, 0, -9],
        ],
        b: [
          [0.5, 0, 0.5],
          [20, 0, -19],
        ],
      },
    });
  });

  test("a model without gates leaves no file", async () => {
    const context = emptyContext(split!);
    const stateOf = () => undefined;
    const trainer = trainerOf(() => undefined);
    await storeGates(context, trainer, data, { stateOf, validation });
    expect(await context.store.read(GATES_FILE)).toBeUndefined();
    expect(await readGates(context.store)).toBeUndefined();
  });

  test("a trained mixture keeps shares that sum to 1; one without gates nothing; nothing travels", async () => {
    const run = async (model: unknown) => {
      const settings = settingsOf({ model: modelConfig.parse(model) });
      const contexts = marketsOf("explicit").map((own) => emptyContext(own));
      const { traffic } = await runInMarkets(
        () => [trainStage(settings, { kind: "alone" }), evaluateStage(settings)],
        contexts,
      );
      expect(JSON.stringify(traffic.map(({ message }) => message))).not.toContain("gate");
      return Promise.all(contexts.map(({ store }) => readGates(store)));
    };
    const small = { width: 3, experts: 3, expertHidden: [4], towerHidden: [] };
    const [a, b] = await run({ kind: "mmoe", ...small });
    for (const [client, gates] of Object.entries({ a, b })) {
      expect(Object.keys(gates!.clients)).toEqual([client]);
      const shares = gates!.clients[client]!;
      expect(shares).toHaveLength(gates!.tasks.length);
      for (const row of shares) {
        expect(row).toHaveLength(3);
        expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
      }
    }
    expect(a!.clients["a"]).not.toEqual(b!.clients["b"]);
    expect(await run({ kind: "deepfm", width: 3, hidden: [4] })).toEqual([undefined, undefined]);
  });
});
