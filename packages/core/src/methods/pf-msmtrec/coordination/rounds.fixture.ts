import { expect } from "vitest";
import type { CoordinationRound, GlobalState, StrategyUpdate } from "../../../federation/index.ts";
import { streamOf } from "../../../random/index.ts";
import type { ModelPart } from "../../../tensor/index.ts";
import { blockName, type Block } from "../../stages/blocks.ts";
import { pfConfig, type PfConfig } from "../config.ts";
import { pfCoordinator, type Coordinated } from "./coordinator.ts";

export const SIZE = 3;

const block = (part: ModelPart): Block => ({
  name: blockName(part),
  part,
  size: SIZE,
  ranges: [],
});

export const SCENARIO = block({ kind: "expert", expert: 0, factor: "scenario" });
export const GLOBAL = block({ kind: "expert", expert: 0, factor: "global" });
export const TOWER = block({ kind: "tower", task: 1, layer: 0 });
export const BLOCKS = [GLOBAL, SCENARIO, TOWER];
export const PARTS: Coordinated = { blocks: BLOCKS, joins: new Map(), tasks: ["click", "sale"] };

export const configOf = (own: Record<string, unknown>): PfConfig =>
  pfConfig.parse({ kind: "pf-msmtrec", ...own });

const stateOf = (values: Readonly<Record<string, readonly number[]>>): GlobalState =>
  Object.fromEntries(
    Object.entries(values).map(([name, data]) => [
      name,
      { shape: [SIZE], data: Float32Array.from(data) },
    ]),
  );

export const START = stateOf({
  [GLOBAL.name]: [1, 1, 1],
  [SCENARIO.name]: [2, 2, 2],
  [TOWER.name]: [0, 0, 0],
});

export interface Told {
  readonly client: string;
  readonly rows?: number;
  /** Added to what was received, part by part. */
  readonly moves: readonly [number[], number[], number[]];
  readonly sales?: { readonly rows: number; readonly positives: number };
}

export const moved = (
  state: GlobalState,
  { client, rows = 100, moves, sales }: Told,
): StrategyUpdate => ({
  client,
  numExamples: rows,
  arrays: stateOf(
    Object.fromEntries(
      BLOCKS.map(({ name }, b) => [name, moves[b]!.map((move, i) => state[name]!.data[i]! + move)]),
    ),
  ),
  tasks: {
    click: { rows, positives: Math.round(rows / 10) },
    sale: sales ?? { rows, positives: Math.round(rows / 50) },
  },
});

/** Runs rounds, each given as what every client does; gives the coordination after each. */
export function play(
  config: PfConfig,
  rounds: readonly (readonly Told[])[],
  all?: readonly string[],
) {
  const coordinator = pfCoordinator(config, PARTS);
  const clients = [...(all ?? new Set(rounds.flat().map(({ client }) => client)))].sort();
  let current = coordinator.begin(START, clients);
  return rounds.map((told, r) => {
    const round: CoordinationRound = {
      clients,
      sent: current.next,
      updates: told.map((one) => moved(current.next.get(one.client)!, one)),
      stream: streamOf(1, r),
    };
    current = coordinator.step(round, current.state);
    return current;
  });
}

export const at = (state: GlobalState | undefined, { name }: Block) => [...state![name]!.data];

/** Moves of the scenario factor alone. */
export const inScenario = (move: number[]): Told["moves"] => [[0, 0, 0], move, [0, 0, 0]];

/** Values near 1 take rounding to float32 into account. */
export const near = (actual: readonly number[], expected: readonly number[]) => {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
};
