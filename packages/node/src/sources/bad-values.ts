import { AtollError } from "@atoll/core/errors";
import { identifier, rowsOf } from "./database.ts";
import type { Relation } from "./relation.ts";
import { badOf, type WantedColumn } from "./wanted.ts";

/** What is no number and no time, column by column: a second reading, made only where the first met some. */
export async function badValues(
  relation: Relation,
  wanted: readonly WantedColumn[],
  who: string,
): Promise<AtollError[]> {
  const errors: AtollError[] = [];
  for (const column of wanted) {
    const bad = badOf(column, relation.types.get(column.name)!);
    if (bad === undefined) continue;
    const text = `CAST(${identifier(column.name)} AS VARCHAR)`;
    const [row] = await rowsOf(
      relation.connection,
      `SELECT count(*), min(place), arg_min(value, place) FROM (` +
        `SELECT row_number() OVER () AS place, ${text} AS value, ${bad} AS bad FROM ${relation.from}) WHERE bad`,
    );
    const [count, place, value] = row!;
    if (Number(count) > 0)
      errors.push(
        new AtollError(
          "DATA_NOT_A_NUMBER",
          `${who}: column "${column.name}" of ${relation.shown} holds ${String(count)} value(s) that are no ${column.as}, first ${JSON.stringify(value)} in row ${String(place)}; mend them or give the column another role`,
        ),
      );
  }
  return errors;
}
