import { describe, expect, test } from "vitest";
import { settings as mixture, stagesOf, type EntryInput } from "../baselines/run.fixture.ts";
import type { MethodSettings } from "../types.ts";
import { privateSettings } from "./privacy/run.fixture.ts";
import { CLIENTS, runRounds, trainingOf, type Plan, type Round } from "./rounds.fixture.ts";

/** b, c and in the end everybody misses a round. */
const PLAN: Plan = {
  1: { b: "unasked" },
  2: { c: "late" },
  3: { a: "unasked", b: "late", c: "unasked", d: "late" },
};

describe("federated averaging, where clients miss rounds", () => {
  const settings = privateSettings({ kind: "none" }, { rounds: 6 });
  const run = runRounds(() => stagesOf({ kind: "fedavg" }, settings), { plan: PLAN });

  test("goes on with the mean of those that answered, and counts later answers again", async () => {
    const rounds = trainingOf(await run);
    expect(rounds.map(({ taken }) => [...taken.keys()].sort().join(""))).toEqual([
      "abcd",
      "acd",
      "abd",
      "",
      "abcd",
      "abcd",
    ]);
    const whole = (await run).filter(({ stage }) => stage === "train");
    for (const [r, { taken }] of rounds.entries()) {
      if (taken.size === 0) continue;
      const next = whole[r + 1]!.sent.get("a")!.arrays["parameters"]!.data;
      const rows = [...taken.values()].map(({ metadata }) => metadata["numExamples"] as number);
      const total = rows.reduce((sum, count) => sum + count, 0);
      const mean = Float64Array.from(next, () => 0);
      [...taken.values()].forEach(({ arrays }, k) => {
        const { data } = arrays["parameters"]!;
        for (let i = 0; i < mean.length; i++) mean[i]! += (rows[k]! / total) * data[i]!;
      });
      next.forEach((value, i) => expect(value).toBeCloseTo(mean[i]!, 6));
    }
  });

  test("keeps its state through a round that nobody answers", async () => {
    const rounds = trainingOf(await run);
    expect(rounds[4]!.sent.get("b")!.arrays).toEqual(rounds[3]!.sent.get("b")!.arrays);
    expect(rounds[5]!.sent.get("b")!.arrays).not.toEqual(rounds[4]!.sent.get("b")!.arrays);
  });

  test("learns", async () => {
    const rounds = trainingOf(await run);
    const lossOf = (round: Round) =>
      [...round.taken.values()].reduce(
        (sum, { metadata }) => sum + (metadata["trainLoss"] as number) / round.taken.size,
        0,
      );
    expect(lossOf(rounds.at(-1)!)).toBeLessThan(lossOf(rounds[0]!) - 0.01);
  });

  test("asks everybody before and after training", async () => {
    const others = (await run).filter((round) => !trainingOf([round]).length);
    expect(others.map(({ stage, optional }) => [stage, optional])).toEqual([
      ["vocabulary", false],
      ["vocabulary", false],
      ["train", false],
      ["evaluate", false],
    ]);
    for (const { taken } of others) expect([...taken.keys()].sort()).toEqual(CLIENTS);
  });
});

describe("a method with a state for each client", () => {
  const own: MethodSettings = { ...mixture, federation: { ...mixture.federation, rounds: 4 } };
  const plan: Plan = { 0: { b: "unasked", c: "late" }, 2: { a: "late", b: "unasked" } };

  test.each<EntryInput>([
    { kind: "fedamp" },
    { kind: "fedhca2" },
    { kind: "fedadam" },
    { kind: "pf-msmtrec" },
    { kind: "pf-msmtrec", aggregation: "similarity" },
  ])("goes on without some of the answers: %o", async (entry) => {
    const rounds = trainingOf(await runRounds(() => stagesOf(entry, own), { plan }));
    expect(rounds.map(({ taken }) => [...taken.keys()].sort().join(""))).toEqual([
      "ad",
      "abcd",
      "cd",
      "abcd",
    ]);
    for (const { sent } of rounds)
      for (const { arrays } of sent.values())
        for (const { data } of Object.values(arrays))
          expect(data.every((value) => Number.isFinite(value))).toBe(true);
    // b missed the first round: in the second it was heard, and what it is sent moved with the others.
    const [second, third] = [rounds[1]!, rounds[2]!].map(({ sent }) => sent.get("b")!.arrays);
    for (const name of Object.keys(second!)) expect(third![name]).not.toEqual(second![name]);
  });
});

describe("whether a training round may close early", () => {
  const optionals = async (entry: EntryInput, privacy: Readonly<Record<string, unknown>>) => {
    const own = privateSettings(privacy, { rounds: 1 });
    const rounds = trainingOf(await runRounds(() => stagesOf(entry, own)));
    return rounds.map(({ optional }) => optional);
  };
  const none = { kind: "none" };

  test.each<[string, EntryInput, object, boolean]>([
    ["of clients that are averaged", { kind: "fedavg" }, none, true],
    ["under noise of their own", { kind: "fedavg" }, { kind: "local", epsilon: 1e6 }, true],
    ["under the server's noise", { kind: "fedavg" }, { kind: "central", noiseMultiplier: 1 }, true],
    [
      "where each adds a share of the noise",
      { kind: "fedavg" },
      { kind: "distributed", minimumClients: 2 },
      false,
    ],
    ["of clients that train alone", { kind: "local" }, none, false],
    ["where clients take it that every answer counted", { kind: "scaffold" }, none, false],
  ])("%s: %o", async (_, entry, privacy, expected) => {
    expect(await optionals(entry, privacy as Readonly<Record<string, unknown>>)).toEqual([
      expected,
    ]);
  });
});
