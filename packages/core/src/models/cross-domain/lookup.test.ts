import fc from "fast-check";
import { expect, test } from "vitest";
import { compile, jaxExecutor } from "../../tensor/index.ts";
import { lookUp } from "./lookup.ts";

const [users, places, rows, width] = [2, 4, 3, 2];

test("looks up rows of the same user; -1 is 0", async () => {
  const loaded = await jaxExecutor().load(
    compile({
      name: "look-up",
      inputs: [
        { name: "places", shape: [users, places], dtype: "float32" },
        { name: "vectors", shape: [users, rows, width], dtype: "float32" },
      ],
      fn: ({ places: at, vectors }) => ({ found: lookUp(at!, vectors!) }),
    }),
  );
  const vectors = Float32Array.from({ length: users * rows * width }, (_, i) => i + 1);
  const numbers = fc.array(fc.integer({ min: -1, max: rows - 1 }), {
    minLength: users * places,
    maxLength: users * places,
  });
  await fc.assert(
    fc.asyncProperty(numbers, async (at) => {
      const { found } = await loaded.run({ places: Float32Array.from(at), vectors });
      const expected = at.flatMap((place, i) => {
        const from = (Math.floor(i / places) * rows + place) * width;
        return place < 0 ? [0, 0] : Array.from(vectors.subarray(from, from + width));
      });
      expect([...found!]).toEqual(expected);
    }),
    { numRuns: 25 },
  );
  await loaded.release();
});
