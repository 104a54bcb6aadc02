import type { Arena } from "../../kernels/index.ts";
import { normal, streamOf } from "../../random/index.ts";
import { initialise, type ParameterLayout } from "../../tensor/index.ts";
import type { LearnedVector } from "./types.ts";

/** A table behind the dense parameters, by its size. */
export type TableSize = Pick<LearnedVector["tables"][number], "name" | "rows" | "width">;

/** Rows of tables start this far apart, as those of SASRec do. */
const ROW_DEVIATION = 0.02;

/** Where everything that is learned lies in one vector. */
export function learnedSpace(
  layout: ParameterLayout,
  tables: readonly TableSize[],
): Omit<LearnedVector, "values"> {
  let size = layout.size;
  const placed = tables.map((table) => {
    const offset = size;
    size += table.rows * table.width;
    return { ...table, offset };
  });
  return { layout, tables: placed, size };
}

/** Everything that is learned, in an arena, as zeros. */
export function createLearnedVector(
  layout: ParameterLayout,
  tables: readonly TableSize[],
  arena: Arena,
): LearnedVector {
  const space = learnedSpace(layout, tables);
  return { ...space, values: arena.float32(space.size) };
}

/** [size]: what everybody starts from, which follows from the seed alone. */
export function initialVector(space: Omit<LearnedVector, "values">, seed: number): Float32Array {
  const values = new Float32Array(space.size);
  values.set(initialise(space.layout, streamOf(seed, "initial", "parameters")));
  for (const { name, offset, rows, width } of space.tables) {
    const stream = streamOf(seed, "initial", "table", name);
    for (let i = 0; i < rows * width; i++) values[offset + i] = ROW_DEVIATION * normal(stream);
  }
  return values;
}
