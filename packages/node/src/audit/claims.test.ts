import { expect, test } from "vitest";
import type { AccountExport } from "@atoll/core/privacy";
import type { CellRecord } from "../runs/folder.ts";
import { claimOf } from "./claims.ts";

const account = (epsilon: number, unit: "example" | "client"): AccountExport => {
  const uses = {
    mechanism: { kind: "gaussian", noiseMultiplier: 1, samplingRate: 1 } as const,
    count: 1,
  };
  const spent = { epsilon };
  return {
    account: "a",
    budget: {
      epsilon: Infinity,
      delta: 1e-6,
      accountant: "rdp",
      adaptivity: { kind: "planned", plan: [uses] },
    },
    spent,
    charges: [
      {
        id: "1",
        run: "r",
        stage: "train",
        round: 0,
        what: "w",
        unit,
        adjacency: "add-remove",
        uses,
        spentAfter: spent,
      },
    ],
  };
};

const recordOf = (privacy: CellRecord["privacy"]): CellRecord =>
  // As it comes back from disk.
  JSON.parse(
    JSON.stringify({ bytes: { up: 0, down: 0 }, rounds: 1, seconds: 0, privacy }),
  ) as CellRecord;

test("a promise about rows covers the model, one about clients does not, and none is none", () => {
  const record = recordOf({
    a: account(1.5, "example"),
    b: account(2, "client"),
    c: account(Infinity, "example"),
  });
  expect(claimOf(record, "a")).toEqual({
    epsilon: 1.5,
    delta: 1e-6,
    unit: "example",
    covers: true,
  });
  expect(claimOf(record, "b")).toMatchObject({ epsilon: 2, covers: false });
  expect(claimOf(record, "c")).toMatchObject({ epsilon: "infinity", covers: true });
  expect(claimOf(record, "d")).toBeUndefined();
  expect(claimOf(recordOf(undefined), "a")).toBeUndefined();
});
