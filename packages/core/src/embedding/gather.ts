import type { EmbeddingTable } from "./table.ts";

/**
 * Looks up a batch: `out[b, f, :] = table row of example b's value of feature f`.
 *
 * `categorical` is [batch, numColumns] as a batch holds it, all features of the schema; `out` is
 * [batch, features, width] and says by its length how many examples are looked up.
 */
export function gather(table: EmbeddingTable, categorical: Int32Array, out: Float32Array): void {
  const { features, numColumns, values, width } = table;
  const stride = features.length * width;
  const numExamples = out.length / stride;
  if (!Number.isInteger(numExamples) || categorical.length < numExamples * numColumns)
    throw new RangeError(
      `gather from "${table.name}": ${out.length} outputs of ${stride} per example, ` +
        `${categorical.length} categorical values of ${numColumns} per example`,
    );
  for (let f = 0; f < features.length; f++) {
    const { column, offset } = features[f]!;
    let target = f * width;
    for (let b = 0; b < numExamples; b++) {
      const source = (offset + categorical[b * numColumns + column]!) * width;
      for (let k = 0; k < width; k++) out[target + k] = values[source + k]!;
      target += stride;
    }
  }
}
