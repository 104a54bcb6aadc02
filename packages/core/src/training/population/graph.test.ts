import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TrainingEvents } from "../../population/types.ts";
import { graphPropagation } from "./graph-propagation.ts";
import { transitionGraph, transposedGraph, type ItemGraph } from "./graph.ts";

/** Items 0 to 2 are of one domain, 3 and 4 of another. */
const domainOf = Uint8Array.of(0, 0, 0, 1, 1);

function eventsOf(users: readonly (readonly number[])[]): TrainingEvents {
  const item = Int32Array.from(users.flat());
  const starts = new Int32Array(users.length + 1);
  users.forEach((list, u) => (starts[u + 1] = starts[u]! + list.length));
  return { starts, item, days: Float64Array.from(item, (_, i) => i) };
}

/** [from][to] */
function dense({ starts, items, weights }: ItemGraph): number[][] {
  return Array.from({ length: starts.length - 1 }, (_, i) => {
    const row = Array<number>(starts.length - 1).fill(0);
    for (let e = starts[i]!; e < starts[i + 1]!; e++) row[items[e]!] = weights[e]!;
    return row;
  });
}

const histories = fc.array(fc.array(fc.nat({ max: 4 }), { maxLength: 6 }), { maxLength: 5 });
const table = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
  minLength: 10,
  maxLength: 10,
});

describe("transitions", () => {
  test("half by what comes next, half by what comes next in the domain", () => {
    // Next: 0-3 twice, 3-1, 1-0, 3-4; in the domain: 0-1, 1-0, 3-4.
    const graph = transitionGraph(eventsOf([[0, 3, 1, 0], [0, 3, 4], [2]]), domainOf);
    expect(dense(graph)).toEqual([
      [0, 0.5, 0, 0.5, 0],
      [1, 0, 0, 0, 0],
      [0, 0, 0, 0, 0],
      [0, 0.25, 0, 0, 0.75],
      [0, 0, 0, 0, 0],
    ]);
  });

  test("counts, not only that it happened; an item after itself is no transition", () => {
    const graph = transitionGraph(
      eventsOf([
        [0, 1],
        [0, 1],
        [0, 2],
        [0, 0],
      ]),
      domainOf,
    );
    expect(dense(graph)[0]).toEqual([0, 2 / 3, 1 / 3, 0, 0]);
  });

  test("no user follows another, and rows sum to at most 1", () => {
    fc.assert(
      fc.property(histories, (users) => {
        const rows = dense(transitionGraph(eventsOf(users), domainOf));
        for (const [from, row] of rows.entries()) {
          expect(row.reduce((sum, x) => sum + x, 0)).toBeLessThan(1 + 1e-12);
          for (const [to, weight] of row.entries())
            if (weight > 0)
              expect(
                users.some(
                  (list) => list.includes(from) && list.lastIndexOf(to) > list.indexOf(from),
                ),
              ).toBe(true);
        }
      }),
    );
  });

  test("turned round, every edge keeps its weight", () => {
    fc.assert(
      fc.property(histories, (users) => {
        const graph = transitionGraph(eventsOf(users), domainOf);
        const there = dense(graph);
        dense(transposedGraph(graph)).forEach((row, i) =>
          row.forEach((weight, j) => expect(weight).toBe(there[j]![i])),
        );
      }),
    );
  });
});

describe("propagation", () => {
  const width = 2;
  const graph = transitionGraph(eventsOf([[0, 3, 1, 0], [0, 3, 4], [2]]), domainOf);

  test("two layers of item 0 and of item 2, which nothing follows", () => {
    const x = Float32Array.of(1, 10, 2, 20, 3, 30, 4, 40, 5, 50);
    const out = new Float32Array(10);
    graphPropagation(graph, { width, layers: 2 }).forward(x, out);
    // G x: 0: (2 + 4) / 2 = 3, 1: 1, 3: 0.5 + 3.75 = 4.25. G G x: 0: (1 + 4.25) / 2 = 2.625.
    expect(out[0]).toBeCloseTo(1 + (1 + 3 + 2.625) / 3, 6);
    expect(out[1]).toBeCloseTo(10 * (1 + (1 + 3 + 2.625) / 3), 5);
    expect(out[4]).toBeCloseTo(3 + 3 / 3, 6);
  });

  test("the way back is the transpose: <P x, y> = <x, P' y>, added to what is there", () => {
    fc.assert(
      fc.property(
        histories,
        table,
        table,
        fc.integer({ min: 1, max: 3 }),
        (users, a, b, layers) => {
          const of = transitionGraph(eventsOf(users), domainOf);
          const { forward, addBackward } = graphPropagation(of, { width, layers });
          const x = Float32Array.from(a);
          const [made, back] = [new Float32Array(10), new Float64Array(10).fill(1)];
          forward(x, made);
          addBackward(Float64Array.from(b), back);
          const dot = (p: ArrayLike<number>, q: ArrayLike<number>) =>
            Array.from(p).reduce((sum, value, i) => sum + value * q[i]!, 0);
          expect(dot(made, b)).toBeCloseTo(
            dot(
              x,
              back.map((value) => value - 1),
            ),
            5,
          );
        },
      ),
    );
  });
});
