import fc from "fast-check";
import { expect, test } from "vitest";
import { symmetricEigen } from "./symmetric-eigen.ts";

test("eigenvalues and eigenvectors rebuild any symmetric matrix", () => {
  const square = fc
    .integer({ min: 1, max: 6 })
    .chain((n) =>
      fc.array(fc.integer({ min: -9, max: 9 }), { minLength: n * n, maxLength: n * n }),
    );
  fc.assert(
    fc.property(square, (entries) => {
      const n = Math.sqrt(entries.length);
      const a = Float64Array.from(entries, (_, at) => {
        const [i, j] = [Math.floor(at / n), at % n];
        return entries[Math.min(i, j) * n + Math.max(i, j)]!;
      });
      const { values, vectors } = symmetricEigen(a.slice(), n);
      for (let i = 0; i < n; i++) {
        if (i > 0) expect(values[i]).toBeLessThanOrEqual(values[i - 1]!);
        for (let j = 0; j < n; j++) {
          const rebuilt = vectors.reduce((sum, v, k) => sum + values[k]! * v[i]! * v[j]!, 0);
          expect(Math.abs(rebuilt - a[i * n + j]!)).toBeLessThan(1e-11);
          const product = vectors[i]!.reduce((sum, x, k) => sum + x * vectors[j]![k]!, 0);
          expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-12);
        }
      }
    }),
  );
});
