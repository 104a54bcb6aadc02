import { AtollError } from "../../../errors/index.ts";
import type { WireArray } from "../../../federation/types.ts";
import type { MethodSettings } from "../../types.ts";
import type { Exchange } from "../exchange.ts";

type Arrays = Readonly<Record<string, WireArray>>;

/** How far a client moved what it was sent, in doubles, by array. */
export type Movement = Readonly<Record<string, Float64Array>>;

/** `to - from`, array by array of `from`. UPDATE_INVALID for an array that is missing or of another length. */
export function movementOf(client: string, from: Arrays, to: Arrays): Movement {
  return Object.fromEntries(
    Object.entries(from).map(([name, { data: start }]) => {
      const end = lengthChecked(client, { name, array: to[name], length: start.length });
      const moved = new Float64Array(start.length);
      for (let i = 0; i < moved.length; i++) moved[i] = end[i]! - start[i]!;
      return [name, moved];
    }),
  );
}

/** The numbers of an array that a client sent. */
export function lengthChecked(
  client: string,
  {
    name,
    array,
    length,
  }: {
    readonly name: string;
    readonly array: WireArray | undefined;
    readonly length: number;
  },
): WireArray["data"] {
  // Data may lie on a disk, and is read at each look.
  const data = array?.data;
  if (data?.length !== length)
    throw new AtollError(
      "UPDATE_INVALID",
      `client "${client}": array "${name}" has ${data?.length ?? "no"} elements, ${length} are needed`,
    );
  return data;
}

/** `from + movement`, in the element type that travels. */
export function movedBy(from: Arrays, movement: Movement): Record<string, WireArray> {
  return Object.fromEntries(
    Object.entries(from).map(([name, { shape, data }]) => {
      const moved = movement[name]!;
      const next = new Float32Array(data.length);
      for (let i = 0; i < next.length; i++) next[i] = data[i]! + moved[i]!;
      return [name, { shape, data: next }];
    }),
  );
}

/** What the noise on movements depends on beside its own settings. */
export interface MovementSettings {
  readonly settings: MethodSettings;
  readonly exchange: Pick<Exchange, "padding">;
}

/** The numbers of an array that anything is learned of: all but the padding row, which stays zero. */
export function learnedPart<T extends Float64Array | WireArray["data"]>(
  values: T,
  name: string,
  padding: Exchange["padding"],
): T {
  return values.subarray(padding.get(name) ?? 0) as T;
}

/** How many numbers get noise, in all. */
export function dimensionOf(arrays: Arrays, padding: Exchange["padding"]): number {
  return Object.entries(arrays).reduce(
    (sum, [name, { data }]) => sum + learnedPart(data, name, padding).length,
    0,
  );
}
