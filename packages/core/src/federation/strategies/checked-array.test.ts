import { describe, expect, test } from "vitest";
import type { WireArray } from "../types.ts";
import { checkedArray, checkedRows } from "./checked-array.ts";

const update = (w: WireArray) => ({ client: "a", arrays: { w } });
const vector = (data: WireArray["data"]) => update({ shape: [data.length], data });
const floats = Float32Array.of(1, 2, 3, 4);

const invalid = (message: string) =>
  expect.objectContaining({
    code: "UPDATE_INVALID",
    message: expect.stringContaining(`client "a": array "w" ${message}`) as string,
  }) as Error;

describe("an array of an update", () => {
  test("is given as it is, where it is what is needed", () => {
    expect(checkedArray(vector(floats), "w")).toBe(floats);
    expect(checkedArray(vector(floats), "w", { length: 4, type: "F32" })).toBe(floats);
    const [doubles, counts] = [Float64Array.of(-1), Int32Array.of(0, 7)];
    expect(checkedArray(vector(doubles), "w", { type: "F64" })).toBe(doubles);
    expect(checkedArray(vector(counts), "w", { type: "I32" })).toBe(counts);
  });

  test("is looked at once: it may lie on a disk", () => {
    let looks = 0;
    const stored: WireArray = {
      shape: [4],
      get data() {
        looks += 1;
        return floats;
      },
    };
    expect(checkedArray(update(stored), "w", { length: 4 })).toBe(floats);
    expect(looks).toBe(1);
  });

  test("is refused where it is missing, of another length or type, or no number", () => {
    const none = { client: "a", arrays: {} };
    expect(() => checkedArray(none, "w")).toThrow(invalid("has no elements, and is needed"));
    expect(() => checkedArray(none, "w", { length: 3 })).toThrow(
      invalid("has no elements, 3 are needed"),
    );
    expect(() => checkedArray(vector(floats), "w", { length: 3 })).toThrow(
      invalid("has 4 elements, 3 are needed"),
    );
    expect(() => checkedArray(vector(Uint8Array.of(1)), "w")).toThrow(
      invalid("is a Uint8Array, 32-bit floats are needed"),
    );
    expect(() => checkedArray(vector(floats), "w", { type: "F64" })).toThrow(
      invalid("is a Float32Array, 64-bit floats are needed"),
    );
    expect(() => checkedArray(vector(Float32Array.of(1, NaN)), "w")).toThrow(invalid("holds NaN"));
    expect(() => checkedArray(vector(Int32Array.of(-1)), "w", { type: "I32" })).toThrow(
      invalid("holds -1; counts begin at 0"),
    );
  });
});

describe("rows of an update", () => {
  const rows = (shape: readonly number[], data = floats) => update({ shape, data });

  test("are as many and as wide as its shape says", () => {
    expect(checkedRows(rows([2, 2]), "w")).toEqual({ numRows: 2, width: 2 });
    expect(checkedRows(rows([4, 1]), "w", { numRows: 4 })).toEqual({ numRows: 4, width: 1 });
  });

  test("have no width where there is no row, whatever the shape says", () => {
    const empty = rows([0, 2 ** 40], new Float32Array(0));
    expect(checkedRows(empty, "w")).toEqual({ numRows: 0, width: 0 });
  });

  test.each([[[4]], [[]], [[2, 2, 1]], [[2 ** 40, 0]]])("of shape %j are none", (shape) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const given = rows(shape, new Float32Array(size));
    expect(() => checkedRows(given, "w")).toThrow(
      invalid(`has shape [${shape.join(", ")}], rows are needed`),
    );
  });

  test("are refused where others are needed", () => {
    expect(() => checkedRows(rows([2, 2]), "w", { numRows: 4 })).toThrow(
      invalid("has shape [2, 2], 4 rows are needed"),
    );
  });
});
