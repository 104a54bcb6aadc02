import {
  checkedArray,
  type CoordinationRound,
  type GlobalState,
  type StrategyUpdate,
} from "../../../federation/index.ts";
import { reliabilityOf } from "../../../federation/coordination/index.ts";
import type { Join } from "../../stages/exchange.ts";
import { joinRows } from "../../stages/join-rows.ts";

type Joins = ReadonlyMap<string, Join>;

/**
 * Rows of shared tables, for each client of the round by itself: what it knows of a value is shrunk
 * towards what all know, as an empirical Bayes estimate is. Of row r, with c_kr the training rows of
 * client k that hold its value,
 *
 *   E_k[r] <- rho E_k[r] + (1 - rho) sum_j c_jr E_j[r] / sum_j c_jr,   rho = c_kr / (c_kr + tau)
 *
 * Where tables are joined by rows of the client, not by counts, c is their number for all values.
 */
export function rowsByEvidence(
  { sent, updates }: CoordinationRound,
  joins: Joins,
  tau: number,
): ReadonlyMap<string, GlobalState> {
  return new Map(
    updates.map((update) => {
      // A row that nobody of the round holds stays as the client was sent it.
      const common = joinRows(sent.get(update.client)!, updates, joins);
      return [update.client, shrunk(update, common, joins, tau)];
    }),
  );
}

/** Each row between the client's own and the common one, by what the client knows of its value. */
function shrunk(
  update: StrategyUpdate,
  common: GlobalState,
  joins: Joins,
  tau: number,
): GlobalState {
  const rows: Record<string, GlobalState[string]> = {};
  for (const [name, { by, uses }] of joins) {
    const { shape, data: joined } = common[name]!;
    const [numRows, width] = [shape[0]!, shape[1]!];
    const own = checkedArray(update, name, { length: numRows * width });
    const counts =
      by === "usage" ? checkedArray(update, uses, { length: numRows, type: "I32" }) : undefined;
    const data = new Float32Array(numRows * width);
    for (let r = 0; r < numRows; r++) {
      const count = counts?.[r] ?? update.numExamples;
      const share = count === 0 ? 0 : reliabilityOf(count, tau);
      for (let i = r * width; i < (r + 1) * width; i++)
        data[i] = share * own[i]! + (1 - share) * joined[i]!;
    }
    rows[name] = { shape, data };
  }
  return rows;
}
