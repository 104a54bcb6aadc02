import { describe, expect, test } from "vitest";
import { isHead } from "./personal-head.ts";
import { lawsOfRounds } from "./personal.laws.ts";
import {
  layoutOf,
  messagesOf,
  parametersOf,
  runMethod,
  sentArrays,
  settings,
  trainedBy,
} from "./run.fixture.ts";

const oneRound = (own = settings) => ({ ...own, federation: { ...own.federation, rounds: 1 } });

describe("fedrep", () => {
  lawsOfRounds({ kind: "fedrep" });

  test("sends what FedPer sends", async () => {
    const { traffic } = await runMethod({ kind: "fedrep" });
    const fedper = await runMethod({ kind: "fedper" });
    expect(sentArrays(traffic)).toEqual(sentArrays(fedper.traffic));
    expect(messagesOf(traffic, "a", "update")[0]!.arrays["parameters"]!.data).not.toEqual(
      messagesOf(fedper.traffic, "a", "update")[0]!.arrays["parameters"]!.data,
    );
  });

  test("more passes of the head leave the body's pass where it was, but for what the head tells it", async () => {
    // Where the first pass cannot move the head, a round is a pass of the body alone, whatever headEpochs says.
    const still = oneRound(
      trainedBy({ optimiser: { kind: "sgd", learningRate: 1e-30 }, tables: { kind: "sgd", learningRate: 0.1 } }),
    );
    const once = await runMethod({ kind: "fedrep" }, { own: still });
    const fedavg = await runMethod({ kind: "fedavg" }, { own: still });
    const rows = (outcome: typeof once) =>
      messagesOf(outcome.traffic, "a", "update")[0]!.arrays["table:deep/id0"]!.data;
    const start = messagesOf(once.traffic, "a", "train")[0]!.arrays["table:deep/id0"]!.data;
    const length = (data: ArrayLike<number>) =>
      Math.hypot(...Array.from(data, (x, i) => x - start[i]!));
    // Tables move in one of the two passes: as far as in FedAvg's one, not twice as far.
    expect(length(rows(fedavg))).toBeGreaterThan(1e-3);
    expect(length(rows(once)) / length(rows(fedavg))).toBeGreaterThan(0.7);
    expect(length(rows(once)) / length(rows(fedavg))).toBeLessThan(1.4);
  });

  test("the head's passes move the head alone, the others all but the head", async () => {
    const own = oneRound(trainedBy({ optimiser: { kind: "sgd", learningRate: 0.05 } }));
    const heads: Record<string, number[]>[] = [];
    for (const [headEpochs, localEpochs] of [
      [1, 1],
      [1, 3],
      [3, 1],
    ] as const) {
      const federation = { ...own.federation, localEpochs };
      const { trained } = await runMethod(
        { kind: "fedrep", headEpochs },
        { own: { ...own, federation } },
      );
      heads.push(parametersOf(trained["a"]!, isHead));
    }
    // The body's passes, however many, leave the head as its own pass left it.
    expect(heads[1]).toEqual(heads[0]);
    expect(heads[2]).not.toEqual(heads[0]);
    const initial = messagesOf(
      (await runMethod({ kind: "fedavg" }, { own })).traffic,
      "a",
      "train",
    )[0]!.arrays["parameters"]!.data;
    const { views } = layoutOf();
    for (const { name, offset, length } of views.filter(isHead))
      expect(heads[0]![name], name).not.toEqual([...initial.subarray(offset, offset + length)]);
  });
});
