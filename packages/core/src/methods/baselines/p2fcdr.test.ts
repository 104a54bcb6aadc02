import fc from "fast-check";
import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { arraysOf, runDomains } from "./domain-methods.fixture.ts";
import { domainLaws } from "./domain-methods.laws.ts";
import { addLaplace, multiplied, orthogonalMatrix, transposed } from "./p2fcdr-mapping.ts";
import { tasteDomains } from "./taste-domains.fixture.ts";

const width = 8;
const entry = { kind: "p2fcdr", width, batchSize: 100, noise: 0.05 };

const plain = domainLaws(entry, { sent: ["mapping", "states", "users"], rounds: 15 });

test("one domain maps by the transpose of the other's mapping, and the mean of both is sent on", async () => {
  const outcome = await plain;
  const sent = arraysOf(outcome, "mapping", { kind: "update", round: 0 });
  const next = arraysOf(outcome, "mapping", { kind: "train", round: 1 });
  const [books, films] = ["books", "films"].map((client) => next[client] as Float32Array);
  expect(transposed(films!, width)).toEqual(books);
  const backwards = transposed(sent["films"] as Float32Array, width);
  books!.forEach((value, i) =>
    expect(value).toBeCloseTo((sent["books"]![i]! + backwards[i]!) / 2, 6),
  );
});

test("each domain receives what the other one sent, user by user", async () => {
  const outcome = await plain;
  const sent = arraysOf(outcome, "states", { kind: "update", round: 0 });
  const next = arraysOf(outcome, "states", { kind: "train", round: 1 });
  // Both have the same users, who stand in the same order.
  expect(next["books"]).toEqual(sent["films"]);
  expect(next["films"]).toEqual(sent["books"]);
});

test("what is sent of users carries the noise that is set", async () => {
  const where = { kind: "update", round: 0 };
  const noiseless = await runDomains({ ...entry, noise: 0 }, { rounds: 1 });
  const exact = arraysOf(noiseless, "states", where)["books"]!;
  const noisy = arraysOf(await plain, "states", where)["books"]!;
  const deviations = Float64Array.from(exact, (value, i) => Math.abs(noisy[i]! - value));
  const mean = deviations.reduce((sum, value) => sum + value, 0) / deviations.length;
  // |x| of a Laplace draw is exponential: mean and deviation are its scale; five standard errors of 640.
  expect(Math.abs(mean - 0.05)).toBeLessThan((5 * 0.05) / Math.sqrt(640));
});

test("three domains are refused", async () => {
  const [books, films] = tasteDomains();
  const splits = [books!, films!, { ...books!, client: "games" }];
  await expect(runDomains(entry, { splits })).rejects.toThrow(/has 3: books, films, games/);
});

test("a random mapping is orthogonal: turned back by its transpose, vectors are as they were", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(), (size, seed) => {
      const matrix = orthogonalMatrix(size, streamOf(seed));
      const rows = Float32Array.from({ length: 3 * size }, (_, i) => Math.sin(i + seed));
      const back = multiplied(multiplied(rows, matrix, size), transposed(matrix, size), size);
      back.forEach((value, i) => expect(value).toBeCloseTo(rows[i]!, 5));
    }),
  );
});

test("Laplace noise has mean 0 and variance 2 scale^2, and scale 0 changes nothing", () => {
  const count = 100_000;
  const values = new Float32Array(count);
  addLaplace(values, 0, streamOf(1));
  expect(values.every((value) => value === 0)).toBe(true);
  addLaplace(values, 0.7, streamOf(1));
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const square = values.reduce((sum, value) => sum + value * value, 0) / count;
  // Variances of x and x^2 are 2 s^2 and 20 s^4.
  expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt((2 * 0.7 ** 2) / count));
  expect(Math.abs(square - 2 * 0.7 ** 2)).toBeLessThan(5 * Math.sqrt((20 * 0.7 ** 4) / count));
});
