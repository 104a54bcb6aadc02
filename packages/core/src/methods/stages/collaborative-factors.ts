import type { WireArray } from "../../federation/types.ts";
import type { Factors } from "../../models/collaborative/index.ts";

export function factorsToWire({ users, items, bias }: Factors): Record<string, WireArray> {
  return numbersToWire({ users, items, ...(bias && { bias }) });
}

/** Copies vectors out of what `factorsToWire` made. */
export function factorsFrom(width: number, arrays: Readonly<Record<string, WireArray>>): Factors {
  const copy = (name: string) => (arrays[name]!.data as Float32Array).slice();
  return {
    width,
    users: copy("users"),
    items: copy("items"),
    ...(arrays["bias"] && { bias: copy("bias") }),
  };
}

export function numbersToWire(
  arrays: Readonly<Record<string, Float32Array>>,
): Record<string, WireArray> {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, data]) => [name, { shape: [data.length], data }]),
  );
}
