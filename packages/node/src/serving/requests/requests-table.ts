import type { RawColumn, RawTable } from "@atoll/core/data";
import type { KeptPopulation } from "@atoll/core/methods";
import type { NewRequest } from "@atoll/core/serving";
import { columnOf, RANK } from "../top.ts";
import type { FileRequest, RequestColumns } from "./file-requests.ts";

/** A request of a file with its numbers. */
export interface Asked {
  readonly file: FileRequest;
  readonly request: NewRequest;
}

export interface TableOptions {
  /** Columns before the scores. */
  readonly titles: readonly string[];
  readonly roles: Pick<RequestColumns, "user" | "item">;
  readonly probability: string;
  /** Candidates of each request that are written, best first; undefined: all, in their order. */
  readonly top: number | undefined;
  readonly kept: Pick<KeptPopulation, "itemIds">;
}

/** A row for each candidate, request after request, with `scores` of all of them in turn. */
export function requestsTable(
  asked: readonly Asked[],
  scores: Float64Array,
  { titles, roles, probability, top, kept: { itemIds } }: TableOptions,
): RawTable {
  const cells = titles.map((): (string | undefined)[] => []);
  const ranks: number[] = [];
  const written: number[] = [];
  let at = 0;
  for (const { file, request } of asked) {
    const { candidates } = request;
    const own = scores.subarray(at, (at += candidates.length));
    const places = Array.from(candidates.keys());
    // Sorting keeps the order of equal ones.
    if (top !== undefined) places.sort((a, b) => own[b]! - own[a]!);
    places.slice(0, top).forEach((place, rank) => {
      const row = file.candidates === undefined ? 0 : place;
      titles.forEach((title, c) => cells[c]!.push(cellOf(title, row, place)));
      ranks.push(rank + 1);
      written.push(own[place]!);
    });

    function cellOf(title: string, row: number, place: number): string | undefined {
      if (title === roles.user) return file.user;
      if (title === roles.item) return file.candidates?.[place] ?? itemIds[candidates[place]!];
      return file.cells[title]![row];
    }
  }
  const number = (values: readonly number[]): RawColumn => ({
    kind: "number",
    values: Float64Array.from(values),
  });
  return {
    numRows: written.length,
    columns: {
      ...Object.fromEntries(titles.map((title, c) => [title, columnOf(cells[c]!)])),
      ...(top !== undefined && { [RANK]: number(ranks) }),
      [probability]: number(written),
    },
  };
}
