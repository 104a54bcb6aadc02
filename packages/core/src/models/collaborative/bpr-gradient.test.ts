import { expect, test } from "vitest";
import { createArena } from "../../kernels/index.ts";
import { normal, streamOf, uniformBelow } from "../../random/index.ts";
import { pairwiseLoss, type Triples } from "./bpr-gradient.ts";

const NUM_USERS = 5;
const NUM_ITEMS = 4;
const BATCH = 12;

/** Rows and triples at random; users and items come several times. */
function world(width: number) {
  const random = streamOf(width, "pairs");
  const arena = createArena();
  const pairs = pairwiseLoss(arena, { width, numUsers: NUM_USERS, batchSize: BATCH });
  const size = (NUM_USERS + NUM_ITEMS) * width;
  const vectors = arena.float32(size);
  for (let at = 0; at < size; at++) vectors[at] = normal(random);
  pairs.triples.numTriples = BATCH - 1;
  for (let t = 0; t < BATCH; t++) {
    const positive = uniformBelow(random, NUM_ITEMS);
    pairs.triples.users[t] = uniformBelow(random, NUM_USERS);
    pairs.triples.positives[t] = positive;
    pairs.triples.negatives[t] = (positive + 1 + uniformBelow(random, NUM_ITEMS - 1)) % NUM_ITEMS;
  }
  return { pairs, vectors, zeros: () => arena.float32(size) };
}

/** The formulas, entry after entry. */
function plainly(
  { numTriples, users, positives, negatives }: Triples,
  { width, vectors, gradient }: { width: number; vectors: Float32Array; gradient: Float32Array },
): number {
  let loss = 0;
  for (let t = 0; t < numTriples; t++) {
    const [u, i, j] = [users[t]!, NUM_USERS + positives[t]!, NUM_USERS + negatives[t]!];
    let x = 0;
    for (let k = 0; k < width; k++)
      x += vectors[u * width + k]! * (vectors[j * width + k]! - vectors[i * width + k]!);
    const slope = 1 / (1 + Math.exp(-x)) / numTriples;
    for (let k = 0; k < width; k++) {
      const own = vectors[u * width + k]!;
      gradient[u * width + k]! += slope * (vectors[j * width + k]! - vectors[i * width + k]!);
      gradient[j * width + k]! += slope * own;
      gradient[i * width + k]! -= slope * own;
    }
    loss += Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }
  return loss / numTriples;
}

// Registers alone, a rest alone, and both.
test.each([8, 3, 6])(
  "width %i: loss and gradient are those of plain loops, to the bit",
  (width) => {
    const { pairs, vectors, zeros } = world(width);
    const [gradient, expected] = [zeros(), zeros()];
    const loss = pairs.addGradient(vectors, gradient);
    expect(loss).toBe(plainly(pairs.triples, { width, vectors, gradient: expected }));
    expect(gradient).toEqual(expected);
    expect(gradient.some((value) => value !== 0)).toBe(true);
  },
);

test.each([8, 3, 6])("width %i: decay counts a row as often as the batch names it", (width) => {
  const { pairs, vectors, zeros } = world(width);
  const [gradient, expected] = [zeros(), zeros()];
  const { numTriples, users, positives, negatives } = pairs.triples;
  let squares = 0;
  for (let t = 0; t < numTriples; t++)
    for (const row of [users[t]!, NUM_USERS + positives[t]!, NUM_USERS + negatives[t]!])
      for (let at = row * width; at < (row + 1) * width; at++) {
        expected[at]! += 0.3 * vectors[at]!;
        squares += vectors[at]! ** 2;
      }
  expect(pairs.addDecay(vectors, gradient, 0.3)).toBeCloseTo(squares, 9);
  expect(gradient).toEqual(expected);
});

test("the gradient is that of central differences", () => {
  const { pairs, vectors, zeros } = world(6);
  const gradient = zeros();
  pairs.addGradient(vectors, gradient);
  const other = zeros();
  const h = 2 ** -7;
  vectors.forEach((kept, at) => {
    vectors[at] = kept + h;
    const high = Math.fround(kept + h);
    const up = pairs.addGradient(vectors, other);
    vectors[at] = kept - h;
    const slope = (up - pairs.addGradient(vectors, other)) / (high - Math.fround(kept - h));
    vectors[at] = kept;
    expect(Math.abs(slope - gradient[at]!)).toBeLessThan(1e-4);
  });
});
