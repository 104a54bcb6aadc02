import { describe, expect, test } from "vitest";
import { budgetOf, gaussian, release } from "./ledger.fixture.ts";
import type { Ledger } from "./types.ts";

/** What every ledger keeps to, wherever it keeps it. `open` gives an empty one. */
export function ledgerLaws(open: () => Ledger): void {
  describe("a ledger", () => {
    test("has each account once, with all that was charged to it in order", async () => {
      const ledger = open();
      const one = await ledger.account("one", budgetOf());
      const other = await ledger.account("other", budgetOf());
      const first = await one.charge([release("b", gaussian(2)), release("a", gaussian(3))]);
      const second = await one.charge([release("c", gaussian(2))]);
      expect(first.kind).toBe("charged");
      expect(await other.read()).toEqual({
        account: "other",
        budget: budgetOf(),
        spent: { epsilon: 0 },
        charges: [],
      });
      const again = await ledger.account("one", budgetOf());
      expect(await again.read()).toEqual({
        account: "one",
        budget: budgetOf(),
        spent: second.spent,
        charges: [
          { ...release("b", gaussian(2)), spentAfter: first.spent },
          { ...release("a", gaussian(3)), spentAfter: first.spent },
          { ...release("c", gaussian(2)), spentAfter: second.spent },
        ],
      });
      expect(second.spent.epsilon).toBeGreaterThan(first.spent.epsilon);
    });

    test("answers a replay with what is spent, and charges nothing", async () => {
      const account = await open().account("a", budgetOf({ epsilon: 3 }));
      const charges = [0, 1, 2].map((i) => release(`${i}`, gaussian(4)));
      const { spent } = await account.charge(charges);
      expect(await account.charge(charges)).toEqual({ kind: "known", spent });
      expect(await account.charge([])).toEqual({ kind: "known", spent });
      expect((await account.read()).charges).toHaveLength(3);
    });

    test("keeps nothing of what it refuses", async () => {
      const account = await open().account("a", budgetOf({ epsilon: 1 }));
      await account.charge([release("0", gaussian(10))]);
      const before = await account.read();
      const dear = await account.charge([release("1", gaussian(10)), release("2", gaussian(1))]);
      expect(dear).toMatchObject({ kind: "refused", code: "PRIVACY_BUDGET", spent: before.spent });
      const sampled = await account.charge([release("3", gaussian(10, 0.1))]);
      expect(sampled).toMatchObject({ kind: "refused", code: "PRIVACY_ADAPTIVE" });
      await expect(account.charge([release("0", gaussian(9))])).rejects.toThrow("was charged as");
      expect(await account.read()).toEqual(before);
    });

    test("serves many who ask at once, and lets none of them pass the cap", async () => {
      const account = await open().account("a", budgetOf({ epsilon: 2 }));
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, i) => account.charge([release(`${i}`, gaussian(8))])),
      );
      const { spent, charges } = await account.read();
      const charged = answers.filter(({ kind }) => kind === "charged");
      expect(charges).toHaveLength(charged.length);
      expect(charged.length).toBeGreaterThan(0);
      expect(charged.length).toBeLessThan(100);
      expect(spent.epsilon).toBeLessThanOrEqual(2);
      expect(spent.epsilon).toBe(Math.max(...charged.map((answer) => answer.spent.epsilon)));
    });

    test("refuses another budget for an account, and takes the same in other words", async () => {
      const ledger = open();
      const uses = { mechanism: gaussian(2, 0.1), count: 2 };
      const planned = budgetOf({ epsilon: 3, adaptivity: { kind: "planned", plan: [uses] } });
      await ledger.account("a", planned);
      const half = { ...uses, count: 1 };
      await ledger.account("a", {
        ...planned,
        adaptivity: { kind: "planned", plan: [half, half] },
      });
      for (const other of [
        { epsilon: 4 },
        { delta: 1e-6 },
        { accountant: "pld" as const },
        { adaptivity: { kind: "planned" as const, plan: [half] } },
        { adaptivity: { kind: "zcdp-filter" as const } },
      ])
        await expect(ledger.account("a", { ...planned, ...other })).rejects.toThrow(
          expect.objectContaining({ code: "PRIVACY_BUDGET_DIFFERS" }),
        );
      await expect(ledger.account("a", { ...planned, epsilon: 4 })).rejects.toThrow(
        'account "a" was opened with epsilon 3 at delta 0.00001 (accountant rdp, a plan: 2 x Gaussian noise of multiplier 2 at sampling rate 0.1), and is asked for with epsilon 4',
      );
    });

    test("keeps the order of a Renyi filter that was fixed first", async () => {
      const ledger = open();
      const filter = (order: number) =>
        budgetOf({ epsilon: 3, adaptivity: { kind: "renyi-filter", order } });
      await ledger.account("a", filter(8));
      const later = await ledger.account("a", filter(20));
      expect((await later.read()).budget).toEqual(filter(8));
    });

    test("gives back infinity, and what is said beside the budget", async () => {
      const account = await open().account(
        "a",
        budgetOf({ adaptivity: { kind: "renyi-filter", order: 8 } }),
      );
      const sampled = {
        ...release("0", gaussian(2, 0.1), 5),
        unamplified: { mechanism: gaussian(2), count: 5 },
      };
      const { spent } = await account.charge([sampled]);
      expect(spent.unamplified).toBeGreaterThan(spent.epsilon);
      const bare = await account.charge([release("1", gaussian(0))]);
      expect(bare.spent).toEqual({ epsilon: Infinity, unamplified: Infinity });
      const { charges, ...rest } = await account.read();
      expect(charges[0]).toEqual({ ...sampled, spentAfter: spent });
      expect(charges[1]!.spentAfter).toEqual(bare.spent);
      expect(rest.spent).toEqual(bare.spent);
      expect(rest.budget.epsilon).toBe(Infinity);
    });
  });
}
