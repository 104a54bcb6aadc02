import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { choicesOf, type Choices } from "./choices.ts";
import { pfedrecUser } from "./pfedrec-user.ts";
import { pfedrecServer, pfedrecUsers, type PfedrecSettings } from "./pfedrec.ts";

const { itemStarts, pfedrec } = JSON.parse(
  readFileSync(new URL("__fixtures__/federated-recommenders.json", import.meta.url), "utf8"),
) as {
  readonly itemStarts: readonly number[];
  readonly pfedrec: {
    readonly settings: Omit<PfedrecSettings, "seed">;
    readonly chosen: readonly (readonly number[])[];
    readonly first: readonly (readonly number[])[];
    readonly function: readonly number[];
    readonly rounds: readonly {
      readonly loss: number;
      readonly functions: readonly (readonly number[])[];
      readonly items: readonly (readonly number[])[];
    }[];
  };
};
const settings = { ...pfedrec.settings, seed: 1 };
const { width } = settings;

function choicesFrom(lists: readonly (readonly number[])[], starts = itemStarts): Choices {
  const offsets = new Int32Array(lists.length + 1);
  lists.forEach((list, u) => (offsets[u + 1] = offsets[u]! + list.length));
  const item = Int32Array.from(lists.flat());
  return choicesOf(
    { itemStarts: Int32Array.from(starts) },
    { starts: offsets, item, days: new Float64Array(item.length) },
  );
}

const expectNear = (values: ArrayLike<number>, expected: readonly number[]) => {
  expect(values.length).toBe(expected.length);
  expected.forEach((value, i) => expect(values[i]).toBeCloseTo(value, 5));
};

/** The users of the reference: what they may draw as negatives is one item of each domain. */
function referenceUsers() {
  const users = pfedrecUsers(choicesFrom(pfedrec.chosen), settings);
  pfedrec.chosen.forEach((_, u) => users.home["functions"]!.set(pfedrec.function, u * (width + 1)));
  return users;
}

test("two rounds of score functions and item vectors are those of PyTorch's SGD", async () => {
  const users = referenceUsers();
  const server = pfedrecServer(settings);
  const shared = Float32Array.from(pfedrec.first.flat());
  for (const [step, round] of pfedrec.rounds.entries()) {
    const sum = new Float64Array(shared.length);
    const { loss, examples } = await users.answer({
      shared,
      users: Int32Array.of(0, 1, 2),
      sum,
      streamOf: (user) => streamOf(1, step, user),
    });
    server.step(shared, { sum, answered: 3, users: 3, step, moments: {} });
    expect(loss).toBeCloseTo(round.loss, 5);
    expect(examples).toBe(8);
    expectNear(users.home["functions"]!, round.functions.flat());
    expectNear(shared, round.items.flat());
  }
});

test("a user's answer moves the rows of its choices and negatives alone, and its function alone", async () => {
  const users = referenceUsers();
  const before = users.home["functions"]!.slice();
  const shared = Float32Array.from(pfedrec.first.flat());
  const sum = new Float64Array(shared.length);
  // User 2 chose item 5 of the domain with items 4 and 5.
  const request = { shared, users: Int32Array.of(2), sum, streamOf: () => streamOf(1) };
  await users.answer(request);
  for (let item = 0; item < 6; item++)
    expect(sum.subarray(item * width, (item + 1) * width).some((move) => move !== 0)).toBe(
      item >= 4,
    );
  const after = users.home["functions"]!;
  expect(after.subarray(0, 2 * (width + 1))).toEqual(before.subarray(0, 2 * (width + 1)));
  expect(after).not.toEqual(before);
  expect(shared).toEqual(Float32Array.from(pfedrec.first.flat()));
});

test("a request is scored with item vectors that the user tuned for a pass, its function as it stands", () => {
  const users = referenceUsers();
  const shared = Float32Array.from(pfedrec.first.flat());
  const predictor = users.predictor(shared);
  predictor.begin(2, Int32Array.of());
  const [w, bias] = [pfedrec.function.slice(0, width), pfedrec.function[width]!];
  const logit = (v: readonly number[]) => v.reduce((sum, x, k) => sum + x * w[k]!, bias);
  // Two negatives of item 4 and one choice of item 5: a step of lr * items * eta along the mean of three.
  const step = (settings.learningRate * 6 * settings.eta) / 3;
  const moved = (item: number, label: number, times: number) => {
    const v = pfedrec.first[item]!;
    const error = 1 / (1 + Math.exp(-logit(v))) - label;
    return logit(v.map((x, k) => x - times * step * error * w[k]!));
  };
  expect(predictor.score(0)).toBeCloseTo(logit(pfedrec.first[0]!), 5);
  expect(predictor.score(4)).toBeCloseTo(moved(4, 0, 2), 5);
  expect(predictor.score(5)).toBeCloseTo(moved(5, 1, 1), 5);
  expectNear(users.home["functions"]!.subarray(0, width + 1), pfedrec.function);
});

test("negatives are of their positive's domain and never chosen, and none where all are chosen", () => {
  const starts = [0, 5, 7, 12];
  const anyList = fc.uniqueArray(fc.nat(11), { maxLength: 12 });
  fc.assert(
    fc.property(anyList, fc.nat(), (list, seed) => {
      const negatives = 3;
      const user = pfedrecUser(choicesFrom([list], starts), { width: 1, negatives });
      user.begin(0, new Float32Array(12), streamOf(seed));
      let expected = list.length;
      for (let d = 0; d < 3; d++) {
        const inDomain = (item: number) => item >= starts[d]! && item < starts[d + 1]!;
        const own = list.filter(inDomain);
        const touched = [...Array(12).keys()].filter(
          (item) => inDomain(item) && user.rowOf(item) >= 0,
        );
        const full = own.length === starts[d + 1]! - starts[d]!;
        expected += full ? 0 : negatives * own.length;
        expect(touched.length).toBeGreaterThanOrEqual(
          own.length + (own.length > 0 && !full ? 1 : 0),
        );
        for (const item of own) expect(touched).toContain(item);
        if (own.length === 0) expect(touched).toEqual([]);
      }
      expect(user.size()).toBe(expected);
    }),
  );
});

test("batches take every example once in a pass, and a step each", () => {
  const choices = choicesFrom([[0, 1, 2, 4]]);
  const shared = Float32Array.from(pfedrec.first.flat());
  const passWith = (batchSize: number) => {
    const user = pfedrecUser(choices, { width, negatives: 2 });
    user.begin(0, shared, streamOf(1));
    const score = Float32Array.from(pfedrec.function);
    // So small a step leaves the gradients of all batches at the first point: they add up.
    user.pass(score, streamOf(2), { learningRate: 0, itemLearningRate: 1e-7, batchSize });
    const sum = new Float64Array(shared.length);
    user.addMoves(shared, sum);
    return sum;
  };
  const [whole, quarters] = [passWith(12), passWith(3)];
  whole.forEach((move, i) => expect(quarters[i]! / 4 / 1e-7).toBeCloseTo(move / 1e-7, 4));
  expect(whole.some((move) => Math.abs(move) > 1e-8)).toBe(true);
});
