import type { TrainingData } from "../../data/index.ts";
import type { Coordination, Coordinator, StrategyUpdate } from "../../federation/index.ts";
import { streamOf } from "../../random/index.ts";
import { trainingConfig, type Trainer } from "../../training/index.ts";
import type { Block } from "../stages/blocks.ts";
import type { LocalRule, Passes } from "../stages/local-rule.ts";
import { settings } from "./run.fixture.ts";

/** F_k(w) = h/2 (w - m)^2: its steps are written down exactly, w - m <- (1 - eta h)(w - m). */
export interface Quadratic {
  readonly curvature: number;
  readonly optimum: number;
  readonly rows: number;
}

export const clients: Readonly<Record<string, Quadratic>> = {
  a: { curvature: 1, optimum: 0, rows: 100 },
  b: { curvature: 6, optimum: 3, rows: 300 },
  c: { curvature: 2, optimum: -4, rows: 200 },
};
export const LEARNING_RATE = 0.1;
/** Steps of a pass. */
export const STEPS = 8;
/** Where all begin. */
export const START = 0.5;

/** The minimum of sum_k m_k F_k. */
export function optimumOf(worth: (client: Quadratic) => number): number {
  const all = Object.values(clients);
  const sum = (value: (client: Quadratic) => number) =>
    all.reduce((total, client) => total + worth(client) * value(client), 0);
  return sum(({ curvature, optimum }) => curvature * optimum) / sum(({ curvature }) => curvature);
}

/** The whole of a model that is one number. */
export const theBlock: Block = {
  name: "parameters",
  part: undefined,
  size: 1,
  ranges: [{ offset: 0, length: 1 }],
};

/** A client whose model is one number, which descends its quadratic as a rule says. */
function clientOf(rule: LocalRule, { curvature, optimum }: Quadratic) {
  const parameters = Float32Array.of(START);
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
    blocks: [theBlock],
    data: {} as TrainingData,
    settings: { ...settings, training },
  });
  const passes: Passes = async (_count, { correction, proximal } = {}) => {
    for (let i = 0; i < STEPS; i++) {
      const gradient =
        curvature * (parameters[0]! - optimum) +
        (correction?.[0] ?? 0) +
        (proximal ? proximal.mu * (parameters[0]! - proximal.anchor[0]!) : 0);
      parameters[0]! -= LEARNING_RATE * gradient;
      steps += 1;
    }
    return 0;
  };
  return { parameters, train: (arrays: StrategyUpdate["arrays"]) => local.train(passes, arrays) };
}

interface FederateOptions {
  readonly cohort?: (round: number) => readonly string[];
  /** Whether clients go on from what they receive, or from where they are. */
  readonly replaces?: boolean;
}

/** What each client receives after each of so many rounds. */
export async function federate(
  coordinator: Coordinator,
  rule: () => LocalRule,
  rounds: number,
  { cohort = () => Object.keys(clients), replaces = true }: FederateOptions = {},
): Promise<Record<string, number>[]> {
  const names = Object.keys(clients);
  const parties = Object.fromEntries(names.map((name) => [name, clientOf(rule(), clients[name]!)]));
  let coordination: Coordination = coordinator.begin(
    { parameters: { shape: [1], data: Float32Array.of(START) } },
    names,
  );
  const states: Record<string, number>[] = [];
  for (let round = 0; round < rounds; round++) {
    const updates: StrategyUpdate[] = [];
    for (const client of cohort(round)) {
      const { parameters, train } = parties[client]!;
      const sent = coordination.next.get(client)!;
      if (replaces) parameters.set(sent["parameters"]!.data);
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
    const { next } = coordination;
    states.push(
      Object.fromEntries(names.map((name) => [name, next.get(name)!["parameters"]!.data[0]!])),
    );
  }
  return states;
}
