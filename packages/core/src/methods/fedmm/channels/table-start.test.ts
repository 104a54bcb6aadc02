import { describe, expect, test } from "vitest";
import { FIRST_VALUE_ROW } from "../../../data/index.ts";
import type { EmbeddingSpec } from "../../../embedding/index.ts";
import type { EntityCodes } from "../../../federation/client-memory.ts";
import { normal, streamOf } from "../../../random/index.ts";
import { normalInit, zeros } from "../../../tensor/index.ts";
import type { CodeFeature } from "./code-features.ts";
import { startFromCodebook } from "./table-start.ts";

const [numCodes, inner, width] = [300, 6, 4];
const stream = streamOf(1, "rows");
const rowsOf = () => Float32Array.from({ length: numCodes * inner }, () => 2 + normal(stream));
const codes: EntityCodes = {
  entity: "item",
  width: inner,
  codes: new Int32Array(0),
  levels: [
    { kind: "global", numCodes, rows: rowsOf() },
    { kind: "local", numCodes, rows: rowsOf() },
  ],
};
const feature: CodeFeature = { name: "item-code-1", entity: "item", level: 0, kind: "global" };
const factors: EmbeddingSpec = {
  name: "factors",
  features: ["item-code-1", "item-code-2"],
  width,
  init: normalInit(0.01),
};

function started(
  own: { embedding?: EmbeddingSpec; feature?: CodeFeature; codes?: EntityCodes } = {},
  seed = 1,
) {
  const options = { embedding: factors, feature, codes, ...own };
  const rows = new Float32Array((FIRST_VALUE_ROW + numCodes) * options.embedding.width).fill(9);
  startFromCodebook(rows, seed, options);
  const first = FIRST_VALUE_ROW * options.embedding.width;
  return { reserved: [...rows.subarray(0, first)], rows: rows.slice(first) };
}

describe("tables that start from codebooks", () => {
  test("keep the rows of padding and of unknown entities", () => {
    expect(started().reserved).toEqual(Array(2 * width).fill(9));
  });

  test("are as large as what the model would have drawn, and centred", () => {
    const { rows } = started();
    const square = rows.reduce((sum, x) => sum + x * x, 0) / rows.length;
    expect(Math.sqrt(square)).toBeGreaterThan(0.0095);
    expect(Math.sqrt(square)).toBeLessThan(0.0105);
    for (let k = 0; k < width; k++) {
      const mean = rows.reduce((sum, x, i) => sum + (i % width === k ? x : 0), 0) / numCodes;
      expect(Math.abs(mean)).toBeLessThan(1e-7);
    }
  });

  test("are a linear image: a row between two others lands between theirs", () => {
    const between = codes.levels[0]!.rows.slice();
    for (let i = 0; i < inner; i++)
      between[i] = (between[inner + i]! + between[2 * inner + i]!) / 2;
    const { rows } = started({
      codes: { ...codes, levels: [{ kind: "global", numCodes, rows: between }, codes.levels[1]!] },
    });
    for (let k = 0; k < width; k++)
      expect(rows[k]).toBeCloseTo((rows[width + k]! + rows[2 * width + k]!) / 2, 8);
  });

  test("share one map over levels, others by embedding, entity and seed", () => {
    const second: CodeFeature = { ...feature, name: "item-code-2", level: 1, kind: "local" };
    const equal = { ...codes, levels: [codes.levels[0]!, codes.levels[0]!] };
    const ratios = (a: Float32Array, b: Float32Array) => Array.from(a, (x, i) => x / b[i]!);
    const across = ratios(started().rows, started({ feature: second, codes: equal }).rows);
    // Each table has the spread of a draw of its own: rows differ by one factor near 1.
    for (const ratio of across) expect(ratio).toBeCloseTo(across[0]!, 4);
    expect(across[0]).toBeCloseTo(1, 1);
    for (const other of [
      started({ embedding: { ...factors, name: "deep" } }),
      started({ feature: { ...feature, entity: "user" } }),
      started({}, 2),
    ]) {
      const own = ratios(started().rows, other.rows);
      expect(Math.abs(own[1]! - own[0]!)).toBeGreaterThan(0.01);
    }
  });

  test("stay 0 where the model starts at 0", () => {
    const { rows } = started({ embedding: { ...factors, name: "wide", width: 1, init: zeros } });
    expect(rows.every((x) => x === 0)).toBe(true);
  });
});
