import { describe, expect, test } from "vitest";
import { everyone, strategies } from "../../federation/index.ts";
import { trainingConfig } from "../../training/index.ts";
import { plainPasses } from "../stages/local-rule.ts";
import { lawsOfRounds } from "./personal.laws.ts";
import {
  clients,
  federate,
  LEARNING_RATE,
  optimumOf,
  START,
  STEPS,
  theBlock,
} from "./quadratics.fixture.ts";
import { messagesOf, runMethod, sentArrays, trainedBy } from "./run.fixture.ts";
import { descending } from "./scaffold.ts";
import { controlVariates } from "./scaffold-client.ts";
import { scaffoldCoordinator } from "./scaffold-server.ts";

describe("scaffold, on quadratics", () => {
  test("converges to the optimum of the sum, by rows or by clients, where FedAvg stays elsewhere", async () => {
    for (const [weights, optimum] of [
      ["rows", optimumOf(({ rows }) => rows)],
      ["clients", optimumOf(() => 1)],
    ] as const) {
      const states = await federate(scaffoldCoordinator([theBlock], weights), controlVariates, 150);
      expect(states.at(-1)!["a"]).toBeCloseTo(optimum, 4);
    }
    const fedavg = await federate(everyone(strategies.fedavg()), plainPasses, 150);
    // Its fixed point: each client goes (1 - q_k) of the way to its own optimum, q_k = (1 - eta h_k)^K.
    const moves = Object.values(clients).map(({ curvature, optimum, rows }) => ({
      share: rows * (1 - (1 - LEARNING_RATE * curvature) ** STEPS),
      optimum,
    }));
    const fixed =
      moves.reduce((sum, { share, optimum }) => sum + share * optimum, 0) /
      moves.reduce((sum, { share }) => sum + share, 0);
    expect(fedavg.at(-1)!["a"]).toBeCloseTo(fixed, 4);
    expect(Math.abs(fixed - optimumOf(({ rows }) => rows))).toBeGreaterThan(0.5);
  });

  test("follows algorithm 1 as published, step by step, with drawn cohorts", async () => {
    const cohorts = [["a", "b"], ["b", "c"], ["c"], ["a", "c"], ["a", "b", "c"], ["b"]];
    const states = await federate(
      scaffoldCoordinator([theBlock], "clients"),
      controlVariates,
      cohorts.length,
      { cohort: (round) => cohorts[round]! },
    );
    // The paper's lines 3 to 17, with numbers for vectors.
    let x = START;
    let c = 0;
    const own: Record<string, number> = { a: 0, b: 0, c: 0 };
    cohorts.forEach((cohort, round) => {
      let [dx, dc] = [0, 0];
      for (const i of cohort) {
        const { curvature, optimum } = clients[i]!;
        let y = x;
        for (let k = 0; k < STEPS; k++)
          y -= LEARNING_RATE * (curvature * (y - optimum) - own[i]! + c);
        const next = own[i]! - c + (x - y) / (STEPS * LEARNING_RATE);
        dx += (y - x) / cohort.length;
        dc += (next - own[i]!) / cohort.length;
        own[i] = next;
      }
      x += dx;
      c += (cohort.length / 3) * dc;
      expect(states[round]!["a"]).toBeCloseTo(x, 4);
    });
  });

  test("weighted by rows, drawn cohorts still end at the optimum of all rows", async () => {
    const names = Object.keys(clients);
    const states = await federate(scaffoldCoordinator([theBlock], "rows"), controlVariates, 600, {
      cohort: (round) => names.filter((_, k) => k !== round % 3),
    });
    expect(states.at(-1)!["a"]).toBeCloseTo(
      optimumOf(({ rows }) => rows),
      3,
    );
  });
});

describe("scaffold", () => {
  lawsOfRounds({ kind: "scaffold" });

  test("control variates travel part by part, as large as the parts", async () => {
    const { traffic } = await runMethod({ kind: "scaffold" });
    const names = sentArrays(traffic).filter((name) => !/^(table:|state)/.test(name));
    const parts = names.filter((name) => !name.startsWith("control:"));
    expect(parts).toContain("expert:0");
    expect(parts).toContain("tower:1/0");
    expect(names.filter((name) => name.startsWith("control:"))).toEqual(
      parts.map((name) => `control:${name}`),
    );
    for (const kind of ["train", "update"] as const) {
      const { arrays } = messagesOf(traffic, "a", kind)[0]!;
      for (const name of parts)
        expect(arrays[`control:${name}`]!.data).toHaveLength(arrays[name]!.data.length);
    }
  });

  test("the first round is FedAvg's under plain descent, and its changes the mean gradients", async () => {
    const learningRate = 0.05;
    const own = trainedBy({ optimiser: { kind: "sgd", learningRate } });
    const { traffic } = await runMethod({ kind: "scaffold" }, { own });
    const fedavg = await runMethod({ kind: "fedavg" }, { own });
    const { arrays } = messagesOf(traffic, "a", "update")[0]!;
    const sent = messagesOf(traffic, "a", "train")[0]!.arrays;
    const parts = Object.keys(arrays).filter((name) => `control:${name}` in arrays);
    const flat = parts.flatMap((name) => [...arrays[name]!.data]);
    const whole = [...messagesOf(fedavg.traffic, "a", "update")[0]!.arrays["parameters"]!.data];
    expect(flat.toSorted((x, y) => x - y)).toEqual(whole.toSorted((x, y) => x - y));
    for (const name of parts)
      arrays[`control:${name}`]!.data.forEach((change, i) =>
        // 120 training rows in batches of 64: two steps.
        expect(change).toBeCloseTo(
          (sent[name]!.data[i]! - arrays[name]!.data[i]!) / (2 * learningRate),
          5,
        ),
      );
  });

  test("one client alone has nothing to correct: plain descent, round after round", async () => {
    const own = trainedBy({ optimiser: { kind: "sgd", learningRate: 0.05 } });
    const alone = { ...own, federation: { ...own.federation, shared: [] } };
    const rows = { a: 240 };
    const scaffold = await runMethod({ kind: "scaffold" }, { own: alone, rows });
    const local = await runMethod({ kind: "local" }, { own: alone, rows });
    scaffold.scores["a"]!.forEach((score, i) =>
      expect(score).toBeCloseTo(local.scores["a"]![i]!, 5),
    );
  });

  test("descends plainly whatever the experiment's optimiser; tables stay as they were set", () => {
    const adam = trainingConfig.parse({
      optimiser: { kind: "adam", learningRate: 0.003, weightDecay: 1e-4 },
    });
    expect(descending(adam)).toMatchObject({
      optimiser: { kind: "sgd", learningRate: 0.5, weightDecay: 1e-4 },
      tables: { kind: "lazy-adam", learningRate: 0.003, weightDecay: 1e-4 },
    });
    const sgd = trainingConfig.parse({ optimiser: { kind: "sgd", learningRate: 0.02 } });
    expect(descending(sgd).optimiser.learningRate).toBe(0.02);
    expect(descending(sgd, 0.7).optimiser.learningRate).toBe(0.7);
  });
});
