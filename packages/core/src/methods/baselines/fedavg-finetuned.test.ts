import { describe, expect, test } from "vitest";
import { modelConfig } from "../../models/index.ts";
import { lawsOfRounds } from "./personal.laws.ts";
import { runMethod, settings, trainedBy, validations, type Outcome } from "./run.fixture.ts";

const entry = { kind: "fedavg-finetuned" };

describe("fedavg-finetuned", () => {
  lawsOfRounds(entry);

  test("sends what FedAvg sends, bit by bit: adaptation is silent", async () => {
    const trainingOf = ({ traffic }: Outcome) =>
      traffic
        .filter(({ message }) => message.stage === "train")
        .map(
          ({ client, direction, bytes }) =>
            `${client} ${direction} ${Buffer.from(bytes).toString("hex")}`,
        )
        .toSorted();
    const tuned = trainingOf(await runMethod(entry));
    expect(tuned).toEqual(trainingOf(await runMethod({ kind: "fedavg" })));
    // Two rounds and the end, for two clients, there and back.
    expect(tuned).toHaveLength(3 * 2 * 2);
  });

  test("ends in models of each client's own", async () => {
    const { trained } = await runMethod(entry);
    const name = "parameter:head0/weight";
    expect(trained["a"]![name]).not.toEqual(trained["b"]![name]);
    const fedavg = await runMethod({ kind: "fedavg" });
    expect(fedavg.trained["a"]![name]).toEqual(fedavg.trained["b"]![name]);
  });

  test("one client that trains all along goes on as alone: passes after the rounds are passes", async () => {
    const own = { ...settings, federation: { ...settings.federation, shared: [] } };
    const rows = { a: 240 };
    const tuned = await runMethod({ ...entry, passes: 1 }, { own, rows });
    const plain = await runMethod({ kind: "fedavg" }, { own, rows });
    const longer = { ...own, federation: { ...own.federation, rounds: 3 } };
    const alone = await runMethod({ kind: "local" }, { own: longer, rows });
    expect(tuned.scores).toEqual(alone.scores);
    expect(tuned.scores).not.toEqual(plain.scores);
  });

  test("what scores in the end is the best validated state: never below FedAvg's best", async () => {
    for (const [learningRate, gains] of [
      // Steps so large that adaptation hurts at once, and steps that it gains by.
      [1, false],
      [0.05, true],
    ] as const) {
      const own = trainedBy({ select: "best", optimiser: { kind: "adam", learningRate } });
      const { traffic, valid: before } = await runMethod({ kind: "fedavg" }, { own });
      const { valid: after } = await runMethod({ ...entry, passes: 4 }, { own });
      for (const client of ["a", "b"]) {
        expect(before[client]).toBe(Math.max(...validations(traffic, client)));
        expect(after[client]!).toBeGreaterThanOrEqual(before[client]!);
      }
      if (gains) expect(after["a"]! + after["b"]!).toBeGreaterThan(before["a"]! + before["b"]!);
    }
  });

  test("patience counts passes alone, not the rounds before", async () => {
    // Steps that move nothing, and nothing else that does: no state is better than the first.
    const model = modelConfig.parse({ ...settings.model, batchNorm: false });
    const own = {
      ...trainedBy({
        select: "best",
        patience: 2,
        optimiser: { kind: "sgd", learningRate: 1e-30 },
      }),
      model,
      federation: { ...settings.federation, rounds: 2 },
    };
    // 120 training rows are two batches of 64 a pass: two rounds' passes, and two in vain of the six allowed.
    const { batches } = await runMethod({ ...entry, passes: 6 }, { own });
    expect(batches).toEqual({ a: 2 * (2 + 2), b: 2 * (2 + 2) });
  });
});
