import { expect, test } from "vitest";
import { AtollError, AtollErrors } from "@atoll/core/errors";
import type { PartyAccount } from "@atoll/node/ledger";
import { accountText } from "./account-text.ts";
import { isPassing, toldOf } from "./told.ts";
import { threadLimit } from "./threads.ts";

test("threads are handed out in turn, and never more of them than there are", async () => {
  const withThreads = threadLimit(3);
  const running = new Map<string, number>();
  const order: string[] = [];
  let most = 0;
  const work = (name: string, count: number) =>
    withThreads(count, async () => {
      order.push(name);
      running.set(name, Math.min(count, 3));
      most = Math.max(
        most,
        [...running.values()].reduce((sum, own) => sum + own, 0),
      );
      await new Promise<void>((resolve) => setImmediate(resolve));
      running.delete(name);
      if (name === "fails") throw new Error(name);
      return name;
    });
  const done = await Promise.allSettled([
    work("first", 2),
    work("all", 9),
    work("fails", 1),
    work("second", 1),
    work("none", 0),
  ]);
  expect(done.map(({ status }) => status)).toEqual([
    "fulfilled",
    "fulfilled",
    "rejected",
    "fulfilled",
    "fulfilled",
  ]);
  expect(order).toEqual(["first", "all", "fails", "second", "none"]);
  expect(most).toBe(3);
});

test("of an error the server hears no more than it may", () => {
  const row = new AtollError("DATA_LABEL_VALUE", 'client "de", line 7: label 0.4');
  expect(toldOf(row)).toMatchObject({
    code: "SILO_ERROR",
    details: [expect.stringMatching("0.4")],
  });
  const file = new AtollError("DATA_FILE_MISSING", "/home/someone/rows.csv is not there");
  expect(toldOf(new AtollErrors([file, row]))).toMatchObject({
    code: "DATA_FILE_MISSING",
    reason: "a client's file does not exist, or is a folder; the silo's own log says more",
    details: [expect.stringMatching(/someone[^]*0\.4/)],
  });
  const program = new AtollError("PROGRAM_NOT_ALLOWED", 'program "p" is none of the 3 allowed');
  expect(toldOf(program)).toEqual({
    code: "PROGRAM_NOT_ALLOWED",
    reason:
      "the silo's policy does not allow all of its programs (rule programs); change the job, or ask the silo's people",
    details: [expect.stringContaining("none of the 3 allowed")],
  });
  for (const cause of [["rule: 3 of 4"], undefined])
    expect(toldOf(new AtollErrors([new AtollError("POLICY_REFUSED", "no", { cause })]))).toEqual({
      code: "POLICY_REFUSED",
      reason: "no",
      details: cause ?? [expect.stringContaining("POLICY_REFUSED")],
    });
  const stage = new AtollError("MESSAGE_UNDECLARED", "a message of stage x arrived");
  expect(toldOf(stage).reason).toBe("a message of stage x arrived");
  for (const odd of [new TypeError("row 7 is 0.4"), "row 7", undefined, { code: "DATA_OUTSIDE" }])
    expect(toldOf(odd)).toMatchObject({
      code: "SILO_ERROR",
      reason: expect.not.stringMatching("row 7"),
    });
});

test("a full disk passes, also where a thread told of it; what is wrong stays wrong", () => {
  expect(isPassing(Object.assign(new Error("full"), { code: "ENOSPC" }))).toBe(true);
  expect(isPassing(new Error("ENOSPC: no space left on device, write"))).toBe(true);
  expect(isPassing(Object.assign(new Error("gone"), { code: "ENOENT" }))).toBe(false);
  expect(isPassing(new AtollError("TRAINING_DIVERGED", "EIO"))).toBe(false);
  expect(isPassing(undefined)).toBe(false);
});

test("an account that is too long says what was spent, and how many releases there were, and never a part of them", () => {
  const charges = Array.from({ length: 9 }, (_, round) => ({
    id: "x".repeat(50),
    round,
    stage: "train",
    what: "the update",
    unit: "user",
    adjacency: "add-remove",
    uses: { count: round === 4 ? 0 : 1 },
  }));
  const plan = charges.map(({ uses }) => uses);
  const budget = { epsilon: 5, delta: 1e-5, adaptivity: { kind: "planned", plan } };
  const account = { account: "a", budget, spent: { epsilon: 3 }, charges, clients: 2 };
  const textOf = (mostLetters: number) =>
    accountText(account as unknown as PartyAccount, mostLetters);
  const whole = textOf(10_000);
  expect(JSON.parse(whole)).toEqual(account);
  expect(textOf(whole.length)).toBe(whole);
  expect(JSON.parse(textOf(whole.length - 1))).toEqual({
    account: "a",
    budget: { epsilon: 5, delta: 1e-5, adaptivity: { kind: "planned", plan: [] } },
    spent: { epsilon: 3 },
    charges: [],
    clients: 2,
    totals: {
      unit: "user",
      adjacency: "add-remove",
      released: [{ stage: "train", what: "the update", releases: 8 }],
    },
  });
  const unused = { ...account, charges: [] } as unknown as PartyAccount;
  expect(JSON.parse(accountText(unused, 10))).toMatchObject({ spent: { epsilon: 3 }, charges: [] });
});
