import { uniformBelow, type RandomBits } from "../../random/index.ts";

/**
 * `wanted` different numbers below `count`, every set of them equally likely, into the front of `into`; all of
 * them where there are no more. Gives how many (Floyd's algorithm: Bentley and Floyd 1987).
 */
export function drawRows(
  bits: RandomBits,
  into: Int32Array,
  { count, wanted }: { readonly count: number; readonly wanted: number },
): number {
  if (count <= wanted) {
    for (let i = 0; i < count; i++) into[i] = i;
    return count;
  }
  for (let i = 0; i < wanted; i++) {
    const last = count - wanted + i;
    const drawn = uniformBelow(bits, last + 1);
    let taken = false;
    for (let k = 0; k < i; k++) taken ||= into[k] === drawn;
    into[i] = taken ? last : drawn;
  }
  return wanted;
}
