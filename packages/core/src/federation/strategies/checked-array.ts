import { AtollError } from "../../errors/index.ts";
import type { StrategyUpdate } from "./strategy.ts";

const types = {
  F32: { make: Float32Array, says: "32-bit floats" },
  F64: { make: Float64Array, says: "64-bit floats" },
  I32: { make: Int32Array, says: "32-bit integers" },
} as const;

export type NeededType = keyof typeof types;

export interface ArrayNeeded<T extends NeededType> {
  /** Of its numbers; any where it is left out. */
  readonly length?: number;
  /** Default: 32-bit floats. */
  readonly type?: T;
}

/**
 * One array of what a client sent: there, of the element type and length that are needed, and finite; integers
 * are counts and begin at 0. UPDATE_INVALID for all else.
 */
export function checkedArray<T extends NeededType = "F32">(
  { client, arrays }: Pick<StrategyUpdate, "client" | "arrays">,
  name: string,
  { length, type }: ArrayNeeded<T> = {},
): InstanceType<(typeof types)[T]["make"]> {
  const refuse = (problem: string) =>
    new AtollError("UPDATE_INVALID", `client "${client}": array "${name}" ${problem}`);
  // Data may lie on a disk, and is read at each look.
  const data = arrays[name]?.data;
  if (data === undefined || (length !== undefined && data.length !== length))
    throw refuse(
      `has ${data?.length ?? "no"} elements${length === undefined ? ", and is needed" : `, ${length} are needed`}`,
    );
  const { make, says } = types[type ?? "F32"];
  if (!(data instanceof make))
    throw refuse(
      `is a ${data.constructor.name}, ${says} are needed; run the same version everywhere`,
    );
  const isCounts = data instanceof Int32Array;
  for (const value of data)
    if (!Number.isFinite(value) || (isCounts && value < 0))
      throw refuse(
        `holds ${value}; ${isCounts ? "counts begin at 0" : "lower its learning rate or leave it out"}`,
      );
  return data as InstanceType<(typeof types)[T]["make"]>;
}

/**
 * What a client's own shape says of rows of 32-bit floats: how many, and how wide. Of no numbers at all a shape
 * could say anything, so that no row means no width. UPDATE_INVALID for what are no rows, or not as many as needed.
 */
export function checkedRows(
  update: Pick<StrategyUpdate, "client" | "arrays">,
  name: string,
  needed: { readonly numRows?: number } = {},
): { readonly numRows: number; readonly width: number } {
  const { length } = checkedArray(update, name);
  const { shape } = update.arrays[name]!;
  const [numRows, width] = shape;
  if (
    numRows === undefined ||
    width === undefined ||
    width === 0 ||
    shape.length !== 2 ||
    numRows !== (needed.numRows ?? numRows)
  )
    throw new AtollError(
      "UPDATE_INVALID",
      `client "${update.client}": array "${name}" has shape [${shape.join(", ")}], ${needed.numRows === undefined ? "" : `${needed.numRows} `}rows are needed; run the same version everywhere`,
    );
  return { numRows, width: length === 0 ? 0 : width };
}
