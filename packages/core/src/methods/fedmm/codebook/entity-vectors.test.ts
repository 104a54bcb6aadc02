import { describe, expect, test } from "vitest";
import { normal, streamOf, uniform } from "../../../random/index.ts";
import { market, WIDTH } from "./codebook.fixture.ts";
import { entityVectors } from "./entity-vectors.ts";
import { wordsOf, writeHashedWords } from "./item-words.ts";
import { eigenvectors, turnToPrincipalAxes } from "./principal-axes.ts";

const world = market(1, { items: 50 });

function prepared(alignment: object = {}, texts?: readonly string[]) {
  return entityVectors(world, "item", {
    alignment: { distribution: "none", ...alignment },
    texts,
  });
}

test("vectors are centred and brought to one scale; items without positives are left out", () => {
  const { vectors, inputs, entities, numEntities } = prepared();
  expect([inputs, numEntities]).toEqual([WIDTH, 51]);
  expect([...entities]).toEqual(Array.from({ length: 49 }, (_, i) => i + 1));
  let square = 0;
  for (let k = 0; k < WIDTH; k++) {
    let mean = 0;
    for (let i = 0; i < 49; i++) mean += vectors[i * WIDTH + k]! / 49;
    expect(mean).toBeCloseTo(0, 5);
  }
  for (const value of vectors) square += value ** 2 / vectors.length;
  expect(square).toBeCloseTo(1, 5);
  // One scale: differences keep their proportions across dimensions.
  const { items } = world.factors;
  const ratio = (k: number) =>
    (vectors[WIDTH + k]! - vectors[k]!) / (items[2 * WIDTH + k]! - items[WIDTH + k]!);
  for (let k = 1; k < WIDTH; k++) expect(ratio(k)).toBeCloseTo(ratio(0), 3);
});

test("hashed words come after, as long as the weight says; no text, no words", () => {
  const texts = Array.from({ length: 50 }, (_, i) =>
    i === 1 ? "" : i === 2 ? "Blue LAMP!" : "blue lamp",
  );
  const { vectors, inputs } = prepared(
    { text: { feature: "title", width: 16, weight: 0.5 } },
    texts,
  );
  expect(inputs).toBe(WIDTH + 16);
  const words = (i: number) => vectors.subarray(i * inputs + WIDTH, (i + 1) * inputs);
  expect(Math.hypot(...words(0))).toBeCloseTo(0.5 * Math.sqrt(WIDTH), 5);
  expect([...words(1)]).toEqual(Array.from({ length: 16 }, () => 0));
  expect(words(2)).toEqual(words(0));
  expect(vectors.subarray(0, WIDTH)).toEqual(prepared().vectors.subarray(0, WIDTH));
});

test("words are letters and digits of any script; texts with other words point elsewhere", () => {
  expect(wordsOf("USB-C Kabel, 2m – für Fernseher")).toEqual([
    "usb",
    "c",
    "kabel",
    "2m",
    "für",
    "fernseher",
  ]);
  const vectorOf = (text: string) => {
    const into = new Float64Array(64);
    writeHashedWords(text, into);
    return into;
  };
  const cosine = (a: string, b: string) => {
    const [x, y] = [vectorOf(a), vectorOf(b)];
    return x.reduce((sum, value, k) => sum + value * y[k]!, 0);
  };
  expect(cosine("red usb cable", "usb cable red red")).toBeCloseTo(1, 12);
  expect(cosine("red usb cable", "red usb charger")).toBeCloseTo(2 / 3, 1);
  expect(Math.abs(cosine("red usb cable", "garden chair"))).toBeLessThan(0.5);
});

describe("principal axes", () => {
  test("eigenvectors of a matrix with known ones", () => {
    // NumPy: eigh([[2, 1], [1, 2]]) gives 3 with (1, 1) / sqrt 2 and 1 with (1, -1) / sqrt 2.
    const { values, vectors } = eigenvectors(Float64Array.of(2, 1, 1, 2), 2);
    expect(values[0]).toBeCloseTo(3, 12);
    expect(values[1]).toBeCloseTo(1, 12);
    expect(Math.abs(vectors[0]!)).toBeCloseTo(Math.SQRT1_2, 12);
    expect(vectors[0]! * vectors[1]!).toBeCloseTo(0.5, 12);
    expect(vectors[2]! * vectors[3]!).toBeCloseTo(-0.5, 12);
  });

  test("any symmetric matrix: A v = lambda v, orthonormal, decreasing", () => {
    const random = streamOf(1, "symmetric");
    const n = 12;
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = normal(random);
    const { values, vectors } = eigenvectors(a, n);
    for (let i = 0; i < n; i++) {
      if (i > 0) expect(values[i]).toBeLessThanOrEqual(values[i - 1]!);
      for (let r = 0; r < n; r++) {
        let [product, dot] = [0, 0];
        for (let c = 0; c < n; c++) {
          product += a[r * n + c]! * vectors[i * n + c]!;
          dot += vectors[r * n + c]! * vectors[i * n + c]!;
        }
        expect(product).toBeCloseTo(values[i]! * vectors[i * n + r]!, 10);
        expect(dot).toBeCloseTo(r === i ? 1 : 0, 10);
      }
    }
  });

  test("a turned and mirrored copy of skewed vectors becomes the same", () => {
    const random = streamOf(2, "skewed");
    const n = 400;
    const straight = new Float64Array(n * 3);
    // Exponential draws less their mean: skewness 2; variances 9, 4, 1.
    for (let at = 0; at < straight.length; at++)
      straight[at] = [3, 2, 1][at % 3]! * (-Math.log(1 - uniform(random)) - 1);
    for (let k = 0; k < 3; k++) {
      let mean = 0;
      for (let i = 0; i < n; i++) mean += straight[i * 3 + k]! / n;
      for (let i = 0; i < n; i++) straight[i * 3 + k]! -= mean;
    }
    const [c, s] = [Math.cos(1), Math.sin(1)];
    const turned = new Float64Array(n * 3);
    for (let i = 0; i < n; i++) {
      const [x, y, z] = straight.subarray(i * 3, i * 3 + 3) as unknown as [number, number, number];
      turned.set([-(c * x - s * z), y, s * x + c * z], i * 3);
    }
    turnToPrincipalAxes(straight, 3);
    turnToPrincipalAxes(turned, 3);
    straight.forEach((value, at) => expect(turned[at]).toBeCloseTo(value, 8));
    for (let k = 0; k < 3; k++) {
      let third = 0;
      for (let i = 0; i < n; i++) third += straight[i * 3 + k]! ** 3;
      expect(third).toBeGreaterThan(0);
    }
  });
});
