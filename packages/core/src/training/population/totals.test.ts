import { expect, test } from "vitest";
import { usersTotal } from "./totals.ts";

test("sums, and means over users", () => {
  const total = usersTotal();
  expect(total.means()).toEqual({ terms: {} });
  total.add({ users: 2, rows: 7, loss: 3, terms: { cdrd: 1 } });
  total.add({ users: 2, rows: 1, loss: 5, terms: { cdrd: 2, idra: 4 } });
  expect(total.sum()).toEqual({ users: 4, rows: 8, loss: 8, terms: { cdrd: 3, idra: 4 } });
  expect(total.means()).toEqual({ loss: 2, terms: { cdrd: 0.75, idra: 1 } });
});
