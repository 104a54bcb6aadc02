import { describe, expect, test } from "vitest";
import type { TrainingData } from "../../data/index.ts";
import {
  everyone,
  strategies,
  type Coordination,
  type Coordinator,
  type StrategyUpdate,
} from "../../federation/index.ts";
import { streamOf } from "../../random/index.ts";
import { trainingConfig, type Trainer } from "../../training/index.ts";
import type { Block } from "../stages/blocks.ts";
import { plainPasses, type LocalRule, type Passes } from "../stages/local-rule.ts";
import { lawsOfRounds } from "./personal.laws.ts";
import { messagesOf, runMethod, sentArrays, settings, trainedBy } from "./run.fixture.ts";
import { descending } from "./scaffold.ts";
import { controlVariates } from "./scaffold-client.ts";
import { scaffoldCoordinator } from "./scaffold-server.ts";

/** F_k(w) = h/2 (w - m)^2: its steps are written down exactly, w - m <- (1 - eta h)(w - m). */
interface Quadratic {
  readonly curvature: number;
  readonly optimum: number;
  readonly rows: number;
}

const clients: Readonly<Record<string, Quadratic>> = {
  a: { curvature: 1, optimum: 0, rows: 100 },
  b: { curvature: 6, optimum: 3, rows: 300 },
  c: { curvature: 2, optimum: -4, rows: 200 },
};
const LEARNING_RATE = 0.1;
const STEPS = 8;

/** The minimum of sum_k m_k F_k. */
function optimumOf(worth: (client: Quadratic) => number): number {
  const all = Object.values(clients);
  const sum = (value: (client: Quadratic) => number) =>
    all.reduce((total, client) => total + worth(client) * value(client), 0);
  return sum(({ curvature, optimum }) => curvature * optimum) / sum(({ curvature }) => curvature);
}

const block: Block = {
  name: "parameters",
  part: undefined,
  size: 1,
  ranges: [{ offset: 0, length: 1 }],
};

/** A rule at a client whose model is one number, which descends the quadratic. */
function clientOf(rule: LocalRule, { curvature, optimum }: Quadratic) {
  const parameters = new Float32Array(1);
  let steps = 0;
  const trainer = {
    parameters,
    get steps() {
      return steps;
    },
  } as unknown as Trainer;
  const training = trainingConfig.parse({
    optimiser: { kind: "sgd", learningRate: LEARNING_RATE },
  });
  const local = rule.start({
    trainer,
    blocks: [block],
    data: {} as TrainingData,
    settings: { ...settings, training },
  });
  const passes: Passes = async (_count, { correction } = {}) => {
    for (let i = 0; i < STEPS; i++) {
      const gradient = curvature * (parameters[0]! - optimum) + (correction?.[0] ?? 0);
      parameters[0]! -= LEARNING_RATE * gradient;
      steps += 1;
    }
    return 0;
  };
  return { parameters, train: (arrays: StrategyUpdate["arrays"]) => local.train(passes, arrays) };
}

/** The state after so many rounds with the clients that `cohort` names. */
async function federate(
  coordinator: Coordinator,
  rule: () => LocalRule,
  rounds: number,
  cohort: (round: number) => readonly string[] = () => Object.keys(clients),
): Promise<number[]> {
  const names = Object.keys(clients);
  const parties = Object.fromEntries(names.map((name) => [name, clientOf(rule(), clients[name]!)]));
  let coordination: Coordination = coordinator.begin(
    { parameters: { shape: [1], data: Float32Array.of(0.5) } },
    names,
  );
  const states: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const updates: StrategyUpdate[] = [];
    for (const client of cohort(round)) {
      const { parameters, train } = parties[client]!;
      const sent = coordination.next.get(client)!;
      parameters.set(sent["parameters"]!.data);
      const { arrays } = await train(sent);
      updates.push({
        client,
        numExamples: clients[client]!.rows,
        arrays: { parameters: { shape: [1], data: parameters.slice() }, ...arrays },
      });
    }
    coordination = coordinator.step(
      { clients: names, sent: coordination.next, updates, stream: streamOf(1) },
      coordination.state,
    );
    states.push(coordination.next.get("a")!["parameters"]!.data[0]!);
  }
  return states;
}

describe("scaffold, on quadratics", () => {
  test("converges to the optimum of the sum, by rows or by clients, where FedAvg stays elsewhere", async () => {
    for (const [weights, optimum] of [
      ["rows", optimumOf(({ rows }) => rows)],
      ["clients", optimumOf(() => 1)],
    ] as const) {
      const states = await federate(scaffoldCoordinator([block], weights), controlVariates, 150);
      expect(states.at(-1)).toBeCloseTo(optimum, 4);
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
    expect(fedavg.at(-1)).toBeCloseTo(fixed, 4);
    expect(Math.abs(fixed - optimumOf(({ rows }) => rows))).toBeGreaterThan(0.5);
  });

  test("follows algorithm 1 as published, step by step, with drawn cohorts", async () => {
    const cohorts = [["a", "b"], ["b", "c"], ["c"], ["a", "c"], ["a", "b", "c"], ["b"]];
    const states = await federate(
      scaffoldCoordinator([block], "clients"),
      controlVariates,
      cohorts.length,
      (round) => cohorts[round]!,
    );
    // The paper's lines 3 to 17, with numbers for vectors.
    let x = 0.5;
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
      expect(states[round]).toBeCloseTo(x, 4);
    });
  });

  test("weighted by rows, drawn cohorts still end at the optimum of all rows", async () => {
    const names = Object.keys(clients);
    const states = await federate(
      scaffoldCoordinator([block], "rows"),
      controlVariates,
      600,
      (round) => names.filter((_, k) => k !== round % 3),
    );
    expect(states.at(-1)).toBeCloseTo(optimumOf(({ rows }) => rows), 3);
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
        expect(change).toBeCloseTo((sent[name]!.data[i]! - arrays[name]!.data[i]!) / (2 * learningRate), 5),
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
      optimiser: { kind: "sgd", learningRate: 0.1, weightDecay: 1e-4 },
      tables: { kind: "lazy-adam", learningRate: 0.003, weightDecay: 1e-4 },
    });
    const sgd = trainingConfig.parse({ optimiser: { kind: "sgd", learningRate: 0.02 } });
    expect(descending(sgd).optimiser.learningRate).toBe(0.02);
    expect(descending(sgd, 0.5).optimiser.learningRate).toBe(0.5);
  });
});
