import type { WireArray } from "../../federation/types.ts";
import type { Numbers } from "../../training/index.ts";

/** A trainer's vectors as arrays of a saved state, without a copy. */
export function numbersToWire(numbers: Numbers): Record<string, WireArray> {
  return Object.fromEntries(
    Object.entries(numbers).map(([name, data]) => [name, { shape: [data.length], data }]),
  );
}

/** What `numbersToWire` gave, as vectors of one's own. */
export function wireToNumbers(arrays: Readonly<Record<string, WireArray>>): Numbers {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [name, (array.data as Float32Array).slice()]),
  );
}
