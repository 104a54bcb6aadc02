import { AtollError } from "../../errors/index.ts";
import { shuffle, streamOf, uniform, uniformBelow } from "../../random/index.ts";
import { decodeState, encodeState } from "../codec/message.ts";
import type { GlobalState, Strategy, StrategyUpdate } from "./strategy.ts";

/** Rounds of clients' answers that each law is tried on. */
const NUM_TRIALS = 20;

/**
 * Which laws of a strategy do not hold, as sentences; none: it can be run, stopped and resumed as the library's can.
 * Each is tried on the same made-up answers of one to six clients.
 */
export function strategyProblems(strategy: Strategy): readonly string[] {
  const problems = new Set<string>();
  const hold = (law: string, holds: boolean) => {
    if (!holds) problems.add(law);
  };
  for (let trial = 0; trial < NUM_TRIALS; trial++) {
    const { global, updates } = answersOf(trial);
    const given = bits(global) + updates.map(({ arrays }) => bits(arrays)).join();
    const memory = strategy.init(global);
    const before = bits(memory.arrays, memory.metadata);
    const [next, after] = strategy.step(global, updates, memory);
    hold(
      "step changes what it was given; make new arrays",
      bits(global) + updates.map(({ arrays }) => bits(arrays)).join() === given &&
        bits(memory.arrays, memory.metadata) === before,
    );
    hold("the next state has other names, shapes or element types", isLike(next, global));
    const outcome = bits(next) + bits(after.arrays, after.metadata);
    const again = (answers: readonly StrategyUpdate[], from = memory) => {
      const [state, kept] = strategy.step(global, answers, from);
      return bits(state) + bits(kept.arrays, kept.metadata);
    };
    const order = Int32Array.from(updates, (_, k) => k);
    shuffle(streamOf(trial, "order"), order);
    const shuffled = Array.from(order, (k) => updates[k]!);
    hold(
      "the order in which clients answer changes bits; sort them by name, or their values, before summing",
      again(shuffled) === outcome && again(updates.toReversed()) === outcome,
    );
    const restored = decodeState(encodeState(memory));
    hold(
      "its memory is another one after a stop and a resume",
      again(updates, restored) === outcome,
    );
    const idle = updates.map((update) => ({ ...update, numExamples: 0 }));
    hold(
      "without a single training row the state moves",
      bits(strategy.step(global, idle, memory)[0]) === bits(global),
    );
    const refuses = (value: (data: Float32Array) => Float32Array) =>
      isRefused(
        () => strategy.step(global, spoilt(updates, value), memory),
        updates.at(-1)!.client,
      );
    hold(
      "values that are not finite are not refused with UPDATE_INVALID and the client's name; use checkedArray",
      [NaN, Infinity, -Infinity].every((bad) => refuses((data) => data.with(0, bad))),
    );
    hold(
      "arrays of another length are not refused with UPDATE_INVALID and the client's name; use checkedArray",
      refuses((data) => data.subarray(1)),
    );
  }
  return [...problems];
}

/** The answers of a round. */
function answersOf(trial: number): {
  readonly global: GlobalState;
  readonly updates: readonly StrategyUpdate[];
} {
  const stream = streamOf(trial, "strategy");
  const state = (): GlobalState => ({
    weights: { shape: [2, 2], data: Float32Array.from({ length: 4 }, () => uniform(stream) - 0.5) },
    bias: { shape: [1], data: Float32Array.of(uniform(stream)) },
  });
  const numClients = 1 + uniformBelow(stream, 6);
  return {
    global: state(),
    updates: Array.from({ length: numClients }, (_, k) => ({
      client: `client ${k}`,
      numExamples: 1 + uniformBelow(stream, 1000),
      arrays: state(),
    })),
  };
}

/** The last client's weights made into something else. */
function spoilt(
  updates: readonly StrategyUpdate[],
  value: (data: Float32Array) => Float32Array,
): readonly StrategyUpdate[] {
  return updates.map((update, k) => {
    if (k < updates.length - 1) return update;
    const weights = update.arrays["weights"]!;
    const data = value(weights.data as Float32Array);
    return { ...update, arrays: { ...update.arrays, weights: { ...weights, data } } };
  });
}

function isRefused(step: () => unknown, client: string): boolean {
  try {
    step();
    return false;
  } catch (error) {
    return (
      error instanceof AtollError &&
      error.code === "UPDATE_INVALID" &&
      error.message.includes(client)
    );
  }
}

function isLike(next: GlobalState, global: GlobalState): boolean {
  const form = (state: GlobalState) =>
    JSON.stringify(
      Object.entries(state)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, { shape, data }]) => [name, shape, data.length, data.constructor.name]),
    );
  return form(next) === form(global);
}

/** State as a text that differs where a bit does. */
function bits(arrays: GlobalState, metadata: Readonly<Record<string, unknown>> = {}): string {
  return encodeState({ arrays, metadata }).join();
}
