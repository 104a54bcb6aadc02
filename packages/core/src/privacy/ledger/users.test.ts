import { describe, expect, test } from "vitest";
import { accountants } from "../accounting/index.ts";
import { budgetOf, gaussian, release } from "./ledger.fixture.ts";
import { memoryLedger } from "./memory-ledger.ts";
import type { AccountExport, Budget, Charge } from "./types.ts";
import { acrossClients } from "./users.ts";

async function accountOf(
  name: string,
  { budget = {}, charges }: { budget?: Partial<Budget>; charges: readonly Charge[] },
): Promise<AccountExport> {
  const account = await memoryLedger().account(name, budgetOf(budget));
  await account.charge(charges);
  return account.read();
}

const ofUser = (id: string, z: number): Charge => ({
  ...release(id, gaussian(z)),
  unit: "user",
});
const users = (z: number, own: Partial<Budget> = {}) =>
  accountOf(`z ${z}`, { budget: own, charges: [ofUser("0", z), ofUser("1", z)] });

describe("users in several clients", () => {
  test("who is in one client only loses what is lost there: the most counts", async () => {
    const accounts = await Promise.all([users(3), users(2), users(5)]);
    expect(acrossClients(accounts, "disjoint")).toEqual({
      epsilon: accounts[1].spent.epsilon,
      delta: 1e-5,
      how: "greatest",
    });
  });

  test("losses of one kind compose: as one account with all releases, and less than their sum", async () => {
    const accounts = await Promise.all([users(3), users(2), users(5)]);
    const together = acrossClients(accounts, "overlapping");
    const one = await accountOf("one", {
      charges: [3, 2, 5].flatMap((z) => [ofUser(`${z}/0`, z), ofUser(`${z}/1`, z)]),
    });
    expect(together).toEqual({ ...one.spent, delta: 1e-5, how: "composed" });
    expect(together.epsilon).toBeLessThan(
      accounts.reduce((sum, { spent }) => sum + spent.epsilon, 0),
    );
    expect(together.epsilon).toBeGreaterThan(accounts[1].spent.epsilon);
  });

  test("planned accounts compose by their accountant, whatever each has planned", async () => {
    const planned = (z: number) =>
      users(z, {
        adaptivity: { kind: "planned", plan: [{ mechanism: gaussian(z), count: 5 }] },
      });
    const { epsilon, how } = acrossClients([await planned(4), await planned(6)], "overlapping");
    expect(how).toBe("composed");
    expect(epsilon).toBe(
      accountants.rdp.epsilon(
        [4, 6].map((z) => ({ mechanism: gaussian(z), count: 2 })),
        1e-5,
      ),
    );
  });

  const order = (of: number): Partial<Budget> => ({
    adaptivity: { kind: "renyi-filter", order: of },
  });
  const plan = [{ mechanism: gaussian(2), count: 2 }];
  test.each<{ name: string; first: Partial<Budget>; second: Partial<Budget>; delta: number }>([
    { name: "deltas", first: {}, second: { delta: 1e-6 }, delta: 1.1e-5 },
    { name: "orders", first: order(8), second: order(9), delta: 2e-5 },
    {
      name: "ways",
      first: {},
      second: { adaptivity: { kind: "planned", plan } },
      delta: 2e-5,
    },
  ])("accounts of different $name add, epsilons and deltas", async ({ first, second, delta }) => {
    const [one, other] = [await users(3, first), await users(2, second)];
    const together = acrossClients([one, other], "overlapping");
    expect(together.how).toBe("added");
    expect(together.epsilon).toBeCloseTo(one.spent.epsilon + other.spent.epsilon, 12);
    expect(together.delta).toBeCloseTo(delta, 12);
  });

  test("charges that are not all of what an account spent are not taken for all", async () => {
    const [one, other] = [await users(3), await users(2)];
    const part = { ...other, charges: other.charges.slice(1) };
    const { epsilon, how } = acrossClients([one, part], "overlapping");
    expect(how).toBe("added");
    expect(epsilon).toBeCloseTo(one.spent.epsilon + other.spent.epsilon, 12);
  });
});

test.each(["example", "vector", "client"] as const)(
  "the unit %s is in one place: the most counts, whatever is said of users",
  async (unit) => {
    const accounts = await Promise.all(
      [3, 2].map((z) => accountOf(`${z}`, { charges: [{ ...release("0", gaussian(z)), unit }] })),
    );
    expect(acrossClients(accounts, "overlapping")).toEqual({
      epsilon: accounts[1]!.spent.epsilon,
      delta: 1e-5,
      how: "greatest",
    });
  },
);

test("what is said beside epsilon is said where all say it", async () => {
  const sampled = (z: number) => ({
    ...ofUser("0", z),
    amplified: { mechanism: gaussian(z, 0.1), count: 1 },
  });
  const both = await Promise.all([3, 2].map((z) => accountOf(`${z}`, { charges: [sampled(z)] })));
  expect(acrossClients(both, "disjoint").amplified).toBe(both[1]!.spent.amplified);
  expect(acrossClients([...both, await users(9)], "disjoint").amplified).toBeUndefined();
  expect(acrossClients(both, "overlapping").amplified).toBeCloseTo(
    accountants.rdp.epsilon(
      [3, 2].map((z) => ({ mechanism: gaussian(z, 0.1), count: 1 })),
      1e-5,
    ),
    12,
  );
});

test("clients that released nothing count for nothing; different units do not go together", async () => {
  const none = await accountOf("none", { budget: { delta: 0.1 }, charges: [] });
  expect(acrossClients([none, none], "overlapping")).toEqual({
    epsilon: 0,
    delta: 0,
    how: "greatest",
  });
  const some = await users(3);
  expect(acrossClients([none, some], "overlapping")).toEqual({
    ...some.spent,
    delta: 1e-5,
    how: "greatest",
  });
  const rows = await accountOf("rows", { charges: [release("0", gaussian(2))] });
  expect(() => acrossClients([some, rows], "overlapping")).toThrow(
    'accounts "z 3" and "rows" protect user and example',
  );
});
