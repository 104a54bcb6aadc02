import type { WireArray } from "../../federation/types.ts";
import type { LearnedVector } from "../../training/population/index.ts";
import { wholeBlock } from "../stages/blocks.ts";
import { parametersIn } from "../stages/held.ts";
import { prefixed } from "../stages/named.ts";
import type { FedcctrSettings } from "./config.ts";

type Space = Omit<LearnedVector, "values">;

/** Everything dense as one array, in the order of the layout. */
export const DENSE = "dense";

/** Names of the arrays that may travel, each with what it is. */
export function declaredArrays(
  { items, federate }: Pick<FedcctrSettings, "items" | "federate">,
  what: string,
): Record<string, string> {
  const table = federate === "encoders-and-codes" ? "codes" : "items";
  return {
    [DENSE]: `${what} of encoders, heads and projections`,
    ...(items.vectors === "public"
      ? {}
      : {
          [table]:
            table === "codes"
              ? `${what} of the vectors of codes that items share`
              : `${what} of every item's vector`,
        }),
  };
}

/** Windows on a vector of everything that is learned, as arrays of a message. */
export function arraysOf(space: Space, vector: Float32Array): Record<string, WireArray> {
  const window = (offset: number, shape: readonly number[]): WireArray => {
    const length = shape.reduce((product, size) => product * size, 1);
    return { shape, data: vector.subarray(offset, offset + length) };
  };
  return {
    [DENSE]: window(0, [space.layout.size]),
    ...Object.fromEntries(
      space.tables.map(({ name, offset, rows, width }) => [name, window(offset, [rows, width])]),
    ),
  };
}

/** The same for a server to keep: everything dense under the layout's own names and shapes. */
export function namedArrays(space: Space, vector: Float32Array): Record<string, WireArray> {
  const { [DENSE]: dense, ...tables } = arraysOf(space, vector);
  const [whole] = wholeBlock(space.layout, () => true);
  const parameters = parametersIn(whole!, space.layout, dense!.data as Float32Array);
  return { ...prefixed("parameter:", parameters), ...tables };
}

/** Where the array of each name begins, and how long it is. */
export function placesOf(
  space: Space,
): readonly { readonly name: string; readonly offset: number; readonly length: number }[] {
  return [
    { name: DENSE, offset: 0, length: space.layout.size },
    ...space.tables.map(({ name, offset, rows, width }) => ({
      name,
      offset,
      length: rows * width,
    })),
  ];
}
