import { AtollError } from "../../errors/index.ts";
import { kMeans } from "../../models/quantization/index.ts";
import { streamOf } from "../../random/index.ts";

/** Passes of k-means at each level. */
const ITERATIONS = 25;

/**
 * Codes of items by residual k-means on their public vectors: level l divides what levels before it left over
 * into `size` clusters. They follow from public knowledge alone, so that everybody makes the same ones.
 * [items * levels], row by row.
 */
export async function residualCodes(
  { values, width }: { readonly values: Float32Array; readonly width: number },
  {
    levels,
    size,
    signal,
  }: { readonly levels: number; readonly size: number; readonly signal?: AbortSignal | undefined },
): Promise<Int32Array> {
  const items = values.length / width;
  if (items < size)
    throw new AtollError(
      "QUANTISER_TOO_FEW_ROWS",
      `items.codes.size is ${size}, but there are ${items} items; lower it`,
    );
  const residual = values.slice();
  const codes = new Int32Array(items * levels);
  for (let level = 0; level < levels; level++) {
    const random = streamOf(level, "residual codes");
    const { centres, cluster } = await kMeans(residual, {
      width,
      clusters: size,
      iterations: ITERATIONS,
      random,
      signal,
    });
    for (let item = 0; item < items; item++) {
      const code = cluster[item]!;
      codes[item * levels + level] = code;
      for (let k = 0; k < width; k++) residual[item * width + k]! -= centres[code * width + k]!;
    }
  }
  return codes;
}
