import type { ClientContext } from "../../../federation/client-context.ts";
import type { Message, WireArray } from "../../../federation/types.ts";
import { emptyContext, scenariosOf } from "../../two-markets.fixture.ts";
import { testServices, watchedLedger } from "./services.fixture.ts";

const SIZE = 400;

/** A state of 402 numbers in two arrays. */
export const sent: Readonly<Record<string, WireArray>> = {
  w: { shape: [SIZE], data: new Float32Array(SIZE).map((_, i) => Math.sin(i)) },
  v: { shape: [2], data: Float32Array.of(3, -4) },
};

const [split] = scenariosOf({ a: 60 });

/** A client with nothing but a ledger and noise. */
export function clientWith({
  ledger = watchedLedger(),
  secret = 1,
}: {
  readonly ledger?: ReturnType<typeof watchedLedger>;
  readonly secret?: number;
} = {}): { readonly context: ClientContext; readonly ledger: ReturnType<typeof watchedLedger> } {
  const privacy = testServices("a", { ledger: ledger.ledger, secret });
  return { context: { ...emptyContext(split!), privacy }, ledger };
}

export function requestOf(round: number, clients = 3): Message {
  return { kind: "train", stage: "train", round, arrays: sent, metadata: { clients } };
}

/** What training made of the state: every number moved by so much. */
export function moved(by: number): Record<string, WireArray> {
  return Object.fromEntries(
    Object.entries(sent).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data, (value) => value + by) },
    ]),
  );
}

/** How far an answer is from what was sent, all arrays in a row. */
export function movementIn(arrays: Message["arrays"]): Float64Array {
  return Float64Array.from(
    Object.entries(sent).flatMap(([name, { data }]) =>
      Array.from(data, (start, i) => arrays[name]!.data[i]! - start),
    ),
  );
}

export function momentsOf(values: ArrayLike<number>): {
  readonly mean: number;
  readonly variance: number;
} {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  const variance = list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length;
  return { mean, variance };
}
