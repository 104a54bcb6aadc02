import { AtollError } from "../../errors/index.ts";
import {
  checkedArray,
  checkedRows,
  elementType,
  type GlobalState,
  type StrategyUpdate,
} from "../../federation/index.ts";
import type { Join } from "./exchange.ts";

/**
 * Refuses (UPDATE_INVALID) an update that could not be joined: without an array of the state that it was asked with,
 * in another size or element type, or without counts that weigh its rows. Of large arrays no number is read.
 */
export function checkUpdate(
  update: Pick<StrategyUpdate, "client" | "arrays">,
  sent: GlobalState,
  joins: ReadonlyMap<string, Join>,
): void {
  const { client, arrays } = update;
  for (const [name, { data }] of Object.entries(sent)) {
    const array = arrays[name];
    const length = array?.shape.reduce((product, size) => product * size, 1);
    const type = array && elementType(array);
    if (length !== data.length || type !== "F32")
      throw new AtollError(
        "UPDATE_INVALID",
        `client "${client}": array "${name}" ${
          length === undefined ? "is missing" : `has ${length} elements of type ${type}`
        }, ${data.length} of type F32 are needed; run the same version everywhere`,
      );
  }
  for (const [name, { by, uses }] of joins) {
    // The first round of a table whose rows the server does not know: what comes says how many there are.
    const numRows = sent[name]?.shape[0] ?? checkedRows(update, name).numRows;
    if (by === "usage") checkedArray(update, uses, { length: numRows, type: "I32" });
  }
}
