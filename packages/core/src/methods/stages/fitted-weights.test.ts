import { expect, test, vi } from "vitest";
import { itemsOfUser } from "../../data/index.ts";
import { statePieces } from "../../federation/index.ts";
import { easeConfig, fitEase, type Positives } from "../../models/collaborative/index.ts";
import { streamOf, uniformBelow } from "../../random/index.ts";
import { fittedWeights, WEIGHTS_FILE } from "./fitted-weights.ts";

const config = easeConfig.parse({ kind: "ease", lambda: 10 });

function drawn(numItems: number): Positives {
  const random = streamOf(1, "positives", numItems);
  const below = (size: number) => Array.from({ length: 3000 }, () => uniformBelow(random, size));
  return {
    numUsers: 200,
    numItems,
    ...itemsOfUser(200, [{ user: below(200), item: below(numItems) }]),
  };
}

function emptyStore() {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    write: async (name: string, pieces: readonly Uint8Array[]) =>
      void files.set(name, Buffer.concat(pieces)),
    read: async (name: string) => files.get(name),
  };
}

test("many items are fitted once, and few leave nothing behind", async () => {
  const store = emptyStore();
  const onFit = vi.fn();
  const few = drawn(50);
  const expected = await fitEase(few, config);
  expect(await fittedWeights(store, { positives: few, config }, { onFit })).toEqual(expected);
  expect(store.files.size).toBe(0);
  const positives = drawn(1000);
  const first = await fittedWeights(store, { positives, config }, { onFit });
  const second = await fittedWeights(store, { positives, config }, { onFit });
  expect(onFit.mock.calls).toEqual([[1000]]);
  expect(Buffer.compare(bytesOf(first.weights), bytesOf(second.weights))).toBe(0);
  expect(second.weights).not.toBe(first.weights);
});

test("what lies there for another number of items is no answer", async () => {
  const store = emptyStore();
  const weights = { shape: [1], data: Float64Array.of(1) };
  await store.write(WEIGHTS_FILE, statePieces({ arrays: { weights }, metadata: {} }));
  const onFit = vi.fn();
  const fitted = await fittedWeights(store, { positives: drawn(1000), config }, { onFit });
  expect(onFit).toHaveBeenCalledOnce();
  expect(fitted.weights).toHaveLength(1_000_000);
});

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array) {
  return Buffer.from(buffer, byteOffset, byteLength);
}
