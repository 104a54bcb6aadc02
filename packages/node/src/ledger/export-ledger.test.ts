import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explainAccount } from "@atoll/core/privacy";
import { afterAll, expect, test } from "vitest";
import { budgetOf, gaussian, release } from "../../../core/src/privacy/ledger/ledger.fixture.ts";
import { exportLedger, ledgerSchema } from "./export-ledger.ts";
import { openLedger } from "./open-ledger.ts";

const folder = mkdtempSync(join(tmpdir(), "atoll-ledger-export-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("an export goes through JSON and back, infinity and words included", async () => {
  const path = join(folder, "a.ledger");
  const ledger = openLedger(path);
  const capped = await ledger.account("capped", budgetOf({ epsilon: 3 }));
  const bare = await ledger.account("bare", budgetOf());
  await capped.charge([release("0", gaussian(4)), release("1", gaussian(4))]);
  await bare.charge([
    { ...release("0", gaussian(0)), amplified: { mechanism: gaussian(0, 0.5), count: 1 } },
  ]);
  const accounts = [await capped.read(), await bare.read()];
  ledger.close();

  const json = JSON.parse(JSON.stringify(await exportLedger(path))) as object;
  expect(json).toMatchObject({
    schema: "atoll/ledger/v1",
    accounts: [
      { account: "capped", budget: { epsilon: 3 } },
      {
        account: "bare",
        budget: { epsilon: "infinity" },
        spent: { epsilon: "infinity", amplified: "infinity" },
      },
    ],
  });
  expect(ledgerSchema.parse(json).accounts).toEqual(
    accounts.map((account) => ({ ...account, words: explainAccount(account) })),
  );
  expect(ledgerSchema.safeParse({ ...json, more: 1 }).success).toBe(false);
});

test("a ledger that is not there is not made", async () => {
  const path = join(folder, "none.ledger");
  await expect(exportLedger(path)).rejects.toThrow(`${path} does not exist`);
  await expect(exportLedger(path)).rejects.toThrow("does not exist");
});
