import { describe, expect, test } from "vitest";
import type { TrainingData } from "../../data/index.ts";
import type { Trainer } from "../../training/index.ts";
import type { PassOptions } from "../stages/local-rule.ts";
import { headFirst } from "./fedrep.ts";
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

  test("the head's passes come first, with all else at rest, then the others, with the head at rest", async () => {
    const layout = layoutOf();
    const calls: [number, PassOptions | undefined][] = [];
    const { numPasses, train } = headFirst(3).start({
      trainer: { layout } as Trainer,
      blocks: [],
      data: {} as TrainingData,
      settings: { ...settings, federation: { ...settings.federation, localEpochs: 2 } },
    });
    const { loss } = await train(async (...call) => {
      calls.push([call[0], call[1]]);
      return 0.25 * calls.length;
    }, {});
    expect([numPasses, loss]).toEqual([5, 0.5]);
    const resting = (options: PassOptions | undefined) =>
      layout.views
        .filter(({ offset }) => options!.frozen!.ranges.some((range) => range.offset === offset))
        .map(({ name }) => name);
    const names = (head: boolean) =>
      layout.views.filter((view) => isHead(view) === head).map(({ name }) => name);
    const [[headCount, headPass], [bodyCount, bodyPass]] = calls as [
      [number, PassOptions],
      [number, PassOptions],
    ];
    expect([headCount, headPass.frozen!.tables, resting(headPass)]).toEqual([
      3,
      true,
      names(false),
    ]);
    expect([bodyCount, bodyPass.frozen!.tables, resting(bodyPass)]).toEqual([
      2,
      false,
      names(true),
    ]);
  });

  test("the head's passes move the head alone, the others all but the head", async () => {
    const own = oneRound(trainedBy({ optimiser: { kind: "sgd", learningRate: 0.05 } }));
    const heads: Record<string, number[]>[] = [];
    for (const [headEpochs, localEpochs] of [
      [1, 1],
      [1, 2],
      [2, 1],
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
