import { AtollError } from "../../errors/index.ts";
import type { StrategyUpdate } from "./strategy.ts";

/** The numbers of one array of an update, of the length that is needed and finite; counts begin at 0. */
export function checkedArray({ client, arrays }: StrategyUpdate, name: string, length: number) {
  const data = arrays[name]?.data;
  if (data?.length !== length)
    throw new AtollError(
      "UPDATE_INVALID",
      `client "${client}": array "${name}" has ${data?.length ?? "no"} elements, ${length} are needed`,
    );
  const isCounts = data instanceof Int32Array;
  for (const value of data)
    if (!Number.isFinite(value) || (isCounts && value < 0))
      throw new AtollError(
        "UPDATE_INVALID",
        `client "${client}": array "${name}" holds ${value}; ${isCounts ? "counts begin at 0" : "lower its learning rate or leave it out"}`,
      );
  return data;
}
