import fc from "fast-check";
import { expect, test } from "vitest";
import { attentionWeights, crossAttention } from "./attention.ts";
import { length, mean, permuted, setting, updates } from "./updates.fixture.ts";

const temperatures = fc.constantFrom(0.001, 0.1, 1, 50);

test("by hand: softmax of the cosines 1, 0.6 and -1 at temperature 0.5, whatever the lengths", () => {
  const list = [Float32Array.of(1, 0), Float32Array.of(3, 4), Float32Array.of(-100, 0)];
  const { weights, directions } = crossAttention(list, { temperature: 0.5 });
  const raised = [Math.exp(2), Math.exp(1.2), Math.exp(-2)];
  const total = raised.reduce((sum, value) => sum + value, 0);
  raised.forEach((value, j) => expect(weights[0]![j]).toBeCloseTo(value / total, 14));
  // The updates themselves are averaged as they came, not their directions.
  const [one, two, three] = raised.map((value) => value / total);
  expect(directions[0]![0]).toBeCloseTo(one! + 3 * two! - 100 * three!, 12);
  expect(directions[0]![1]).toBeCloseTo(4 * two!, 12);
});

test("a low temperature attends to oneself alone, a high one to all alike", () => {
  const list = [Float64Array.of(1, 0), Float64Array.of(1, 1), Float64Array.of(-1, 2)];
  const low = crossAttention(list, { temperature: 1e-3 });
  low.directions.forEach((direction, k) => {
    direction.forEach((value, i) => expect(value).toBeCloseTo(list[k]![i]!, 12));
  });
  const high = crossAttention(list, { temperature: 1e9 });
  for (const direction of high.directions)
    mean(list).forEach((value, i) => expect(direction[i]).toBeCloseTo(value, 8));
});

test("rows are in [0, 1] and sum to 1; one client attends to itself", () => {
  fc.assert(
    fc.property(updates, temperatures, (list, temperature) => {
      const { weights, directions } = crossAttention(list, { temperature });
      for (const row of weights) {
        for (const weight of row) expect(weight >= 0 && weight <= 1).toBe(true);
        expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
      }
      if (list.length === 1)
        expect([...directions[0]!]).toEqual([...list[0]!].map((value) => value + 0));
    }),
  );
});

test("a client heeds nobody more than itself, unless it did not move", () => {
  fc.assert(
    fc.property(updates, temperatures, (list, temperature) => {
      crossAttention(list, { temperature }).weights.forEach((row, k) => {
        expect(row[k]).toBe(Math.max(...row));
      });
    }),
  );
});

test("the order of the clients only reorders who attends to whom", () => {
  fc.assert(
    fc.property(permuted, temperatures, ({ list, order, other }, temperature) => {
      const first = crossAttention(list, { temperature });
      const second = crossAttention(other, { temperature });
      const within = 1e-12 * Math.max(...list.map(length));
      order.forEach((from, k) => {
        order.forEach((to, j) =>
          expect(second.weights[k]![j]).toBeCloseTo(first.weights[from]![to]!, 12),
        );
        second.directions[k]!.forEach((value, i) =>
          expect(Math.abs(value - first.directions[from]![i]!)).toBeLessThanOrEqual(within),
        );
      });
    }),
  );
});

test("longer updates of all clients change no weight and stretch the direction", () => {
  fc.assert(
    fc.property(updates, setting(1), (list, share) => {
      const factor = 2 ** Math.round(40 * share - 20);
      const first = crossAttention(list, { temperature: 0.3 });
      const other = list.map((update) => update.map((value) => value * factor));
      const second = crossAttention(other, { temperature: 0.3 });
      expect(second.weights).toEqual(first.weights);
      second.directions.forEach((direction, k) =>
        expect(direction).toEqual(first.directions[k]!.map((value) => value * factor)),
      );
    }),
  );
});

test("cosines at the ends of the range do not overflow at any temperature", () => {
  const [row] = attentionWeights([Float64Array.of(1, -1)], 1e-9);
  expect([...row!]).toEqual([1, 0]);
});
