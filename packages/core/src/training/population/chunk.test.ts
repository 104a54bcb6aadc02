import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createArena } from "../../kernels/index.ts";
import { streamOf } from "../../random/index.ts";
import type { RequestReader } from "../../request/index.ts";
import { createChunk } from "./chunk-buffers.ts";
import { chunkFiller, type ChunkAugmentation } from "./chunk.ts";
import { eventsOf } from "./people.fixture.ts";
import { chunkSizesOf, type SizesOptions } from "./sizes.ts";

/** Items 0 to 9 are of the first domain, 10 to 19 of the second. */
const itemStarts = Int32Array.of(0, 10, 20);
const domainOf = (item: number) => (item < 10 ? 0 : 1);

const usual: SizesOptions = {
  users: 2,
  domains: 2,
  length: 4,
  domainLength: 3,
  negatives: 3,
  width: 2,
  publicWidth: 0,
  learnedRows: true,
  profileWidth: 0,
  requestNumbers: 0,
  liked: 0,
};

interface Made {
  readonly augmentation?: ChunkAugmentation;
  readonly reader?: RequestReader;
  readonly profiles?: Float32Array;
  readonly view?: readonly (readonly number[])[];
}

/** One user in place 1 of a chunk; arrays of that place alone. */
function filled(
  own: readonly number[],
  options: Partial<SizesOptions> = {},
  { view, ...given }: Made = {},
) {
  const sizes = chunkSizesOf({ ...usual, ...options });
  const chunk = createChunk(sizes, createArena());
  const { fill } = chunkFiller(chunk, { itemStarts, ...given });
  // What was there before must not be seen.
  fill(1, 1, { events: eventsOf([own, [3, 13, 4, 14, 5, 15]]), random: streamOf(9) });
  const isFilled = fill(1, 0, {
    events: eventsOf([own, [3, 13, 4, 14, 5, 15]]),
    random: streamOf(1),
    ...(view && { view: eventsOf(view) }),
  });
  const at = (values: Float32Array | Int32Array) => {
    const size = values.length / sizes.users;
    return [...values.subarray(size, 2 * size)];
  };
  const items = at(chunk.own);
  const itemOf = (slot: number) => (slot < 0 ? -1 : items[slot]!);
  return {
    isFilled,
    sizes,
    items: items.filter((item) => item >= 0),
    profile: at(chunk.profile),
    merged: at(chunk.merged).map(itemOf),
    domains: at(chunk.domains).map(itemOf),
    augmented: at(chunk.augmented).map(itemOf),
    shuffled: at(chunk.shuffled).map(itemOf),
    targets: at(chunk.targetAt).map(itemOf),
    stateAt: at(chunk.stateAt),
    domainStateAt: at(chunk.domainStateAt),
    targetDomain: at(chunk.targetDomain),
    weight: at(chunk.weight),
    present: at(chunk.present),
    negatives: at(chunk.negatives),
    negativePresent: at(chunk.negativePresent),
    requestTarget: at(chunk.requestTarget),
    requestNegatives: at(chunk.requestNegatives),
  };
}

describe("a user's sequences and targets", () => {
  test("by hand: three events, two domains", () => {
    const user = filled([2, 12, 3]);
    expect(user.merged).toEqual([-1, -1, 2, 12]);
    expect(user.domains).toEqual([-1, -1, 2, -1, -1, 12]);
    expect(user.targets.slice(2)).toEqual([12, 3]);
    expect(user.stateAt).toEqual([-1, -1, 2, 3]);
    // Before 12 there is 2 in the first domain and nothing in the second; before 3 there are both.
    expect(user.domainStateAt).toEqual([-1, -1, 2, 2, -1, -1, -1, 2]);
    expect(user.targetDomain).toEqual([0, 0, 0, 1, 0, 0, 1, 0]);
    expect(user.weight).toEqual([0, 0, 1, 1]);
    expect(user.present).toEqual([1]);
  });

  test("a domain's targets weigh 1 together, the other's too", () => {
    expect(filled([2, 12, 3, 13, 4]).weight).toEqual([1 / 2, 1 / 2, 1 / 2, 1 / 2]);
    const third = Math.fround(1 / 3);
    expect(filled([0, 1, 2, 12, 3]).weight).toEqual([third, third, 1, third]);
  });

  test("a domain's own sequence reaches further back than the merged one", () => {
    const user = filled([10, 11, 0, 1, 2, 3, 4]);
    expect(user.merged).toEqual([0, 1, 2, 3]);
    expect(user.domains).toEqual([1, 2, 3, -1, 10, 11]);
    expect(user.targets).toEqual([1, 2, 3, 4]);
    // 0 lies before the first domain's own sequence.
    expect(user.domainStateAt).toEqual([-1, 0, 1, 2, 2, 2, 2, 2]);
  });

  test.each([[[]], [[5]]])("no target, no user: %j", (own: number[]) => {
    const user = filled(own);
    expect(user.isFilled).toBe(false);
    for (const values of [user.merged, user.domains, user.stateAt, user.negatives])
      expect(new Set(values)).toEqual(new Set([-1]));
    for (const values of [user.present, user.weight, user.targetDomain, user.negativePresent])
      expect(new Set(values)).toEqual(new Set([0]));
  });

  test("as a naive reading has it, whatever the user did", () => {
    const item = fc.integer({ min: 0, max: 19 });
    fc.assert(
      fc.property(
        fc.array(item, { minLength: 2, maxLength: 14 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        (own, length, domainLength) => {
          const user = filled(own, { length, domainLength });
          const inputs = own.slice(0, -1);
          const pad = (items: readonly number[], size: number) => [
            ...Array<number>(Math.max(0, size - items.length)).fill(-1),
            ...items.slice(-size),
          ];
          expect(user.merged).toEqual(pad(inputs, length));
          const ofDomain = [0, 1].map((x) => inputs.filter((i) => domainOf(i) === x));
          expect(user.domains).toEqual(ofDomain.flatMap((items) => pad(items, domainLength)));
          expect(user.targets.slice(-Math.min(length, inputs.length))).toEqual(
            own.slice(1).slice(-length),
          );
          expect(new Set(user.items).size).toBe(user.items.length);
          for (let t = 0; t < length; t++) {
            const before = inputs.length - (length - t) + 1;
            if (before < 1) {
              expect(user.stateAt[t]).toBe(-1);
              continue;
            }
            expect(user.stateAt[t]).toBe(t);
            for (const x of [0, 1]) {
              const seen = inputs.slice(0, before).filter((i) => domainOf(i) === x).length;
              const place = seen - 1 - (ofDomain[x]!.length - domainLength);
              expect(user.domainStateAt[x * length + t]).toBe(seen > 0 && place >= 0 ? place : -1);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test("of ten thousand events the latest count", () => {
    const long = Array.from({ length: 10_000 }, (_, i) => i % 7);
    const many = filled([...long, 11, 5, 12, 6, 13], { negatives: 20 });
    const few = filled([1, 2, 3, 11, 5, 12, 6, 13], { negatives: 20 });
    for (const name of [
      "merged",
      "domains",
      "targets",
      "stateAt",
      "domainStateAt",
      "weight",
    ] as const)
      expect(many[name], name).toEqual(few[name]);
    expect(many.merged).toEqual([11, 5, 12, 6]);
  });

  test("a silo reads its own domain", () => {
    const user = filled([2, 12, 3], { negatives: 10 }, { view: [[2, 3], []] });
    expect(user.merged).toEqual([-1, -1, -1, 2]);
    expect(user.targets[3]).toBe(3);
    expect(user.domains).toEqual([-1, -1, 2, -1, -1, -1]);
    expect(filled([2, 12, 3], {}, { view: [[2], []] }).isFilled).toBe(false);
  });

  test("nothing of a silo, no draw either, hangs on what its users have elsewhere", () => {
    const augmentation = (other: readonly number[]): ChunkAugmentation => {
      const offsets = Int32Array.of(0, other.length, other.length + 1, other.length + 1);
      const picked = { offsets, items: Int32Array.of(...other, 19) };
      return {
        liked: picked,
        disliked: { ...picked, items: Int32Array.of(...other, 18) },
        weight: 1,
      };
    };
    const silo = (own: readonly number[], liked: readonly number[]) =>
      filled(
        own,
        { liked: 3, negatives: 5 },
        { view: [own.filter((item) => item >= 10), []], augmentation: augmentation(liked) },
      );
    const usual = silo([12, 13, 14], []);
    expect(usual.negatives.slice(5)).toEqual(expect.arrayContaining([18]));
    expect(silo([0, 12, 1, 2, 13, 3, 4, 14, 5, 6], [7, 8])).toEqual(usual);
  });
});

describe("negatives", () => {
  test("are distinct, of their domain, and of no training event; the same for the same stream", () => {
    const own = [0, 1, 2, 3, 4, 5, 12];
    const user = filled(own, { negatives: 4 });
    const [first, second] = [user.negatives.slice(0, 4), user.negatives.slice(4)];
    expect(first.toSorted((a, b) => a - b)).toEqual([6, 7, 8, 9]);
    expect(new Set(second).size).toBe(4);
    for (const item of second) expect(item >= 10 && item !== 12).toBe(true);
    expect(user.negativePresent).toEqual(Array(8).fill(1));
    expect(filled(own, { negatives: 4 }).negatives).toEqual(user.negatives);
  });

  test("are fewer where the domain is small", () => {
    const user = filled([0, 1, 2, 3, 4, 5, 6, 7, 12], { negatives: 4 });
    expect(user.negatives.slice(0, 4)).toEqual([8, 9, -1, -1]);
    expect(user.negativePresent.slice(0, 4)).toEqual([1, 1, 0, 0]);
  });
});

describe("what augmentation says", () => {
  const augmentation: ChunkAugmentation = {
    liked: { offsets: Int32Array.of(0, 2, 2, 2, 2), items: Int32Array.of(8, 9) },
    disliked: { offsets: Int32Array.of(0, 1, 1, 1, 1), items: Int32Array.of(7) },
    weight: 0.5,
  };
  const user = filled([2, 12, 3, 4], { liked: 2 }, { augmentation });

  test("liked items end the domain's sequence, and are targets of the last state", () => {
    expect(user.domains).toEqual([-1, 2, 3, -1, -1, 12]);
    expect(user.augmented).toEqual([3, 8, 9, -1, -1, -1]);
    expect(user.targets.slice(4, 6)).toEqual([8, 9]);
    expect(user.stateAt).toEqual([-1, 1, 2, 3, 3, 3, -1, -1]);
    expect(user.domainStateAt.slice(0, 8)).toEqual([-1, 1, 1, 2, 2, 2, -1, -1]);
    expect(user.weight.slice(4)).toEqual([0.25, 0.25, 0, 0]);
  });

  test("a liked item weighs a share of one chosen item, however many are liked", () => {
    const liked = { offsets: Int32Array.of(0, 1, 2, 2, 2), items: Int32Array.of(8, 18) };
    const both = filled(
      [2, 3, 12, 4, 5],
      { liked: 2 },
      { augmentation: { ...augmentation, liked } },
    );
    // Own targets 3, 4 and 5 weigh 1/3 each, 12 weighs 1; liked items half as much.
    expect(both.weight.slice(0, 6)).toEqual(
      [1 / 3, 1, 1 / 3, 1 / 3, 1 / 6, 1 / 2].map(Math.fround),
    );
  });

  test("in a domain that the window has no target of, a share of any chosen item", () => {
    const liked = { offsets: Int32Array.of(0, 0, 1, 1, 1), items: Int32Array.of(18) };
    const one = filled([2, 3, 4, 5], { liked: 2 }, { augmentation: { ...augmentation, liked } });
    expect(one.weight.slice(1, 5)).toEqual([1 / 3, 1 / 3, 1 / 3, 1 / 6].map(Math.fround));
  });

  test("the original in another order has the same items", () => {
    expect(user.shuffled.slice(0, 3).toSorted((a, b) => a - b)).toEqual([-1, 2, 3]);
    expect(user.shuffled[0]).toBe(-1);
    expect(user.shuffled.slice(3)).toEqual([-1, -1, -1]);
  });

  test("disliked items come first among the negatives, liked ones never", () => {
    expect(user.negatives[0]).toBe(7);
    const many = filled([2, 12, 3, 4], { liked: 2, negatives: 9 }, { augmentation });
    expect(many.negatives.slice(0, 9)).toEqual([7, 0, 1, 5, 6, -1, -1, -1, -1]);
  });
});

describe("profiles", () => {
  /** Of two users in two domains. */
  const profiles = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);

  test("are the user's own, by domain", () => {
    expect(filled([2, 12, 3], { profileWidth: 2 }, { profiles }).profile).toEqual([1, 2, 3, 4]);
  });

  test("of a user without a target are 0", () => {
    expect(filled([2], { profileWidth: 2 }, { profiles }).profile).toEqual([0, 0, 0, 0]);
  });

  test("of a silo are those of its own domain", () => {
    const { profile } = filled(
      [2, 12, 3, 13],
      { profileWidth: 2 },
      { profiles, view: [[12, 13], []] },
    );
    expect(profile).toEqual([0, 0, 3, 4]);
  });
});

test("what a request knows of a target and its domain's negatives, from the history before it", () => {
  const history: number[] = [];
  const reader: RequestReader = {
    names: ["a", "b"],
    begin: () => void history.splice(0),
    push: (item) => void history.push(item),
    write: (item, days, out, at) => {
      out[at] = 100 * item + days;
      out[at + 1] = history.reduce((number, one) => 20 * number + one, 0);
    },
  };
  const user = filled([2, 12, 3], { requestNumbers: 2, negatives: 2 }, { reader });
  expect(user.requestTarget).toEqual([0, 0, 0, 0, 1201, 2, 302, 52]);
  const numbers = (t: number, n: number) =>
    user.requestNegatives.slice(4 * t + 2 * n, 4 * t + 2 * n + 2);
  expect(numbers(2, 0)).toEqual([100 * user.negatives[2]! + 1, 2]);
  expect(numbers(3, 1)).toEqual([100 * user.negatives[1]! + 2, 52]);
  expect(numbers(1, 0)).toEqual([0, 0]);
});
