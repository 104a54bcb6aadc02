import type { Lookup } from "./lookup.ts";

/**
 * Reads the rows of a lookup: `out[i, :] = table row of entry i`, shape [entries, width], which is
 * [batch, features, width] for a batch and [batch, length, width] for sequences. With bags,
 * `out[b, :]` is the sum or the mean of bag b's rows, [bags, width]: padding counts for nothing, and an
 * empty bag gives zeros (as `torch.nn.EmbeddingBag`).
 */
export function gather(lookup: Lookup, out: Float32Array): void {
  const { bags, numEntries, rows, slots, table } = lookup;
  const { address, kernels } = table.arena;
  const { values, width } = table;
  checkRoom(lookup, out, "outputs");
  if (bags === undefined)
    kernels.gatherRows(address(values), width, address(rows), numEntries, address(out));
  else
    kernels.gatherBags(
      address(values),
      width,
      address(rows),
      address(slots),
      address(bags.starts),
      bags.numBags,
      bags.pooling === "mean" ? 1 : 0,
      address(out),
    );
}

/** Guard of an array that holds one vector for every entry, or every bag. */
export function checkRoom(lookup: Lookup, array: Float32Array, what: string): void {
  const { bags, numEntries, table } = lookup;
  const count = bags?.numBags ?? numEntries;
  if (array.length < count * table.width)
    throw new RangeError(
      `"${table.name}": ${array.length} ${what} for ${count} vectors of width ${table.width}`,
    );
}
