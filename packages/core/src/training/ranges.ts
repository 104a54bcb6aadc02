/** Entries [offset, offset + length) of a flat vector. */
export interface VectorRange {
  readonly offset: number;
  readonly length: number;
}

/** The same entries as ranges in order that neither touch nor overlap. RangeError beyond `size`. */
export function union(ranges: readonly VectorRange[], size: number): VectorRange[] {
  const merged: { offset: number; length: number }[] = [];
  for (const { offset, length } of ranges.toSorted((a, b) => a.offset - b.offset)) {
    if (offset < 0 || length < 0 || offset + length > size)
      throw new RangeError(
        `a range of ${length} entries from ${offset} on leaves the vector, which has ${size}`,
      );
    if (length === 0) continue;
    const last = merged.at(-1);
    if (last !== undefined && offset <= last.offset + last.length)
      last.length = Math.max(last.length, offset + length - last.offset);
    else merged.push({ offset, length });
  }
  return merged;
}

/** The entries of a vector of `size` that none of the ranges holds, likewise in order and apart. */
export function complement(ranges: readonly VectorRange[], size: number): VectorRange[] {
  const rest: VectorRange[] = [];
  let from = 0;
  for (const { offset, length } of union(ranges, size)) {
    if (offset > from) rest.push({ offset: from, length: offset - from });
    from = offset + length;
  }
  if (size > from) rest.push({ offset: from, length: size - from });
  return rest;
}
