import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { choicesOf, distinctItems, type Choices } from "./choices.ts";
import { solvePositiveDefinite } from "./cholesky.ts";
import { fcfServer, fcfUsers, userSolver, type FcfSettings } from "./fcf.ts";

const { itemStarts, fcf } = JSON.parse(
  readFileSync(new URL("__fixtures__/federated-recommenders.json", import.meta.url), "utf8"),
) as {
  readonly itemStarts: readonly number[];
  readonly fcf: {
    readonly settings: FcfSettings;
    readonly counts: readonly (readonly number[])[];
    readonly first: readonly (readonly number[])[];
    readonly rounds: readonly {
      readonly users: readonly (readonly number[])[];
      readonly losses: readonly number[];
      readonly sum: readonly (readonly number[])[];
      readonly items: readonly (readonly number[])[];
    }[];
  };
};
const { settings } = fcf;

/** Training events that choose every item as often as `counts` says. */
function eventsOf(counts: readonly (readonly number[])[]) {
  const lists = counts.map((row) =>
    row.flatMap((n, item) => Array.from({ length: n }, () => item)),
  );
  const starts = new Int32Array(lists.length + 1);
  lists.forEach((list, u) => (starts[u + 1] = starts[u]! + list.length));
  const item = Int32Array.from(lists.flat());
  return { starts, item, days: new Float64Array(item.length) };
}

const choices: Choices = choicesOf(
  { itemStarts: Int32Array.from(itemStarts) },
  eventsOf(fcf.counts),
);
const everybody = Int32Array.from(fcf.counts.keys());
const expectNear = (values: ArrayLike<number>, expected: readonly number[], digits = 5) => {
  expect(values.length).toBe(expected.length);
  expected.forEach((value, i) => expect(values[i]).toBeCloseTo(value, digits));
};

const answerOf = async (shared: Float32Array, users: Int32Array) => {
  const sum = new Float64Array(shared.length);
  const said = await fcfUsers(choices, settings).answer({
    shared,
    users,
    sum,
    streamOf: () => streamOf(1),
  });
  return { sum, ...said };
};

test("factors, answers and three Adam steps are those of NumPy's solve and PyTorch's Adam on the whole loss", async () => {
  const server = fcfServer(settings);
  const shared = Float32Array.from(fcf.first.flat());
  const moments = {
    mean: new Float32Array(shared.length),
    square: new Float32Array(shared.length),
  };
  for (const [step, round] of fcf.rounds.entries()) {
    const solver = userSolver(settings);
    solver.begin(shared);
    round.users.forEach((factor, user) => {
      solver.solve(choices, choices.offsets[user]!, choices.offsets[user + 1]!);
      expectNear(solver.factor, factor);
    });
    const { sum, loss, examples } = await answerOf(shared, everybody);
    expectNear(sum, round.sum.flat(), 4);
    expect(loss).toBeCloseTo(round.losses.reduce((a, b) => a + b, 0) / round.losses.length, 5);
    expect(examples).toBe(7);
    server.step(shared, { sum, answered: 4, users: 4, step, moments });
    expectNear(shared, round.items.flat(), 5);
  }
});

test("the sum of all users' answers is the sum of what each answers alone", async () => {
  const shared = Float32Array.from(fcf.first.flat());
  const together = (await answerOf(shared, everybody)).sum;
  const alone = new Float64Array(shared.length);
  for (const user of everybody)
    (await answerOf(shared, Int32Array.of(user))).sum.forEach((value, i) => (alone[i]! += value));
  expectNear(together, [...alone], 9);
});

test("of users who answer alike, half move the server as all of them do", () => {
  const server = fcfServer(settings);
  const first = Float32Array.from(fcf.first.flat());
  const one = Float64Array.from(fcf.rounds[0]!.sum.flat());
  const after = (answered: number) => {
    const shared = first.slice();
    const moments = { mean: first.map(() => 0), square: first.map(() => 0) };
    const sum = one.map((value) => value * answered);
    server.step(shared, { sum, answered, users: 8, step: 0, moments });
    return shared;
  };
  expectNear(after(4), [...after(8)], 6);
  expect(after(4)).not.toEqual(first);
});

test("a request is scored by the factor that its history solves for", () => {
  const shared = Float32Array.from(fcf.first.flat());
  const predictor = fcfUsers(choices, settings).predictor(shared);
  // The history of user 1, in the order of time.
  predictor.begin(0, Int32Array.of(5, 2, 2, 3, 2));
  const factor = fcf.rounds[0]!.users[1]!;
  fcf.first.forEach((vector, item) => {
    const expected = vector.reduce((sum, v, k) => sum + v * factor[k]!, 0);
    expect(predictor.score(item)).toBeCloseTo(expected, 5);
  });
});

test("distinct items are sorted, and their counts sum to the events", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 30 }), (chosen) => {
      const items = new Int32Array(30);
      const counts = new Int32Array(30);
      const size = distinctItems(Int32Array.from(chosen), { items, counts });
      const expected = [...new Set(chosen)].sort((a, b) => a - b);
      expect([...items.subarray(0, size)]).toEqual(expected);
      expected.forEach((item, i) =>
        expect(counts[i]).toBe(chosen.filter((own) => own === item).length),
      );
    }),
  );
});

test("solving gives back x from A x, for every positive definite A", () => {
  const numbers = (length: number) =>
    fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: length, maxLength: length });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }).chain((n) => fc.tuple(numbers(n * n), numbers(n))),
      ([root, x]) => {
        const n = x.length;
        const a = new Float64Array(n * n);
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) {
            for (let t = 0; t < n; t++) a[i * n + j]! += root[i * n + t]! * root[j * n + t]!;
            if (i === j) a[i * n + j]! += 1;
          }
        const b = Float64Array.from(x, (_, i) =>
          x.reduce((sum, value, j) => sum + a[i * n + j]! * value, 0),
        );
        solvePositiveDefinite(a, b);
        expectNear(b, x, 8);
      },
    ),
  );
});

test("a matrix that is not positive definite is refused", () => {
  expect(() => solvePositiveDefinite(Float64Array.of(1, 0, 2, 1), new Float64Array(2))).toThrow(
    "not positive definite",
  );
});
