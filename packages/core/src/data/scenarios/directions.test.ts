import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { scenariosConfig } from "./config.ts";
import { directionsOf } from "./directions.ts";
import { combine, dot, orthonormalRows } from "./frame.ts";

const config = scenariosConfig.parse({
  kind: "scenarios",
  scenarios: { a: { rows: 100 }, b: { rows: 100 }, c: { rows: 100 }, d: { rows: 100 } },
  conflictAngle: 110,
  taskAngle: 35,
});
const cos = (degrees: number) => Math.cos((degrees * Math.PI) / 180);

test("clicks and sales differ between scenarios by the same angles, and from one another by taskAngle", () => {
  for (const worldSeed of [1, 2, 3]) {
    const found = Object.values(directionsOf({ ...config, worldSeed }));
    for (const [j, one] of found.entries()) {
      expect(dot(one.click, one.sale)).toBeCloseTo(cos(35), 12);
      for (const [k, other] of found.entries()) {
        const asked = j === k ? 1 : j % 2 === k % 2 ? cos(15) : cos(110);
        expect(dot(one.click, other.click)).toBeCloseTo(asked, 12);
        expect(dot(one.sale, other.sale)).toBeCloseTo(asked, 12);
      }
    }
  }
});

test("another seed turns all directions together", () => {
  const [one, other] = [1, 2].map((worldSeed) => directionsOf({ ...config, worldSeed })["a"]!);
  expect(Math.abs(dot(one!.click, other!.click))).toBeLessThan(0.95);
});

test("rows of a frame are orthonormal, and spread evenly over directions", () => {
  const rows = orthonormalRows(8, 20, streamOf(1, "frame"));
  const row = (i: number) => rows.subarray(i * 20, (i + 1) * 20);
  for (let i = 0; i < 8; i++)
    for (let j = 0; j < 8; j++) expect(dot(row(i), row(j))).toBeCloseTo(i === j ? 1 : 0, 12);
  expect([...combine(Float64Array.of(2, -1), rows.subarray(0, 40), 20)]).toEqual(
    Array.from({ length: 20 }, (_, d) => 2 * rows[d]! - rows[20 + d]!),
  );
  // Of a uniform direction in R^4 each coordinate has mean square 1/4, the last row's too.
  let square = 0;
  for (let n = 0; n < 4000; n++)
    square += orthonormalRows(3, 4, streamOf(n, "uniform"))[8]! ** 2 / 4000;
  expect(Math.abs(square - 0.25)).toBeLessThan(0.015);
});
