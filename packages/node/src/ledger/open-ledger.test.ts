import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { budgetOf, gaussian, release } from "../../../core/src/privacy/ledger/ledger.fixture.ts";
import { ledgerLaws } from "../../../core/src/privacy/ledger/ledger.laws.ts";
import { openLedger, type LedgerFile } from "./open-ledger.ts";

const folder = mkdtempSync(join(tmpdir(), "atoll-ledger-"));
const opened: LedgerFile[] = [];
let files = 0;
const freshPath = () => join(folder, "deep", "er", `${files++}.ledger`);

function open(path = freshPath()): LedgerFile {
  const ledger = openLedger(path);
  opened.push(ledger);
  return ledger;
}

afterEach(() => opened.splice(0).forEach((ledger) => ledger.close()));
afterAll(() => rmSync(folder, { recursive: true }));

ledgerLaws(open);

test("a ledger is a file of its owner's alone, and nothing beside it", async () => {
  const path = freshPath();
  const account = await open(path).account("a", budgetOf());
  await account.charge([release("0", gaussian(2))]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(existsSync(`${path}-journal`)).toBe(false);
  expect(existsSync(`${path}-wal`)).toBe(false);
});

test("what was charged is there when the ledger is opened again, here or beside", async () => {
  const path = freshPath();
  const first = open(path);
  const budget = budgetOf({ epsilon: 3 });
  const one = await first.account("a", budget);
  const beside = await open(path).account("a", budget);
  await one.charge([release("0", gaussian(4))]);
  await beside.charge([release("1", gaussian(4))]);
  expect(await one.charge([release("1", gaussian(4))])).toMatchObject({ kind: "known" });
  const read = await one.read();
  expect(read.charges.map(({ id }) => id)).toEqual(["0", "1"]);
  first.close();
  opened.shift();
  const again = open(path);
  expect(await again.names()).toEqual(["a"]);
  expect(await again.read("a")).toEqual(read);
  expect(await again.read("b")).toBeUndefined();
});

test("an error in one of several charges leaves the others as they are", async () => {
  const account = await open().account("a", budgetOf());
  const [one, wrong, other] = await Promise.allSettled([
    account.charge([release("0", gaussian(2))]),
    account.charge([release("1", gaussian(2)), release("0", gaussian(3))]),
    account.charge([release("2", gaussian(2))]),
  ]);
  expect([one.status, wrong.status, other.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect((await account.read()).charges.map(({ id }) => id)).toEqual(["0", "2"]);
});

test("a hundred thousand charges are read, and the next one charged", async () => {
  const ledger = open();
  const account = await ledger.account("a", budgetOf());
  const charges = Array.from({ length: 100_000 }, (_, i) => release(`train/${i}`, gaussian(300)));
  await account.charge(charges);
  let began = performance.now();
  const { charges: read } = await account.read();
  const readMs = performance.now() - began;
  expect(read).toHaveLength(100_000);
  expect(read[99_999]).toMatchObject(charges[99_999]!);
  began = performance.now();
  expect((await account.charge([release("last", gaussian(300))])).kind).toBe("charged");
  const chargeMs = performance.now() - began;
  console.log(`read ${readMs.toFixed(0)} ms, charge ${chargeMs.toFixed(1)} ms`);
});

test("five thousand accounts are charged, together or one after another", async () => {
  const ledger = open();
  const names = Array.from({ length: 5000 }, (_, i) => `user ${i}`);
  const accounts = await Promise.all(names.map((name) => ledger.account(name, budgetOf())));
  let began = performance.now();
  const answers = await Promise.all(
    accounts.map((account) => account.charge([release("0", gaussian(2))])),
  );
  const togetherMs = performance.now() - began;
  expect(answers.every(({ kind }) => kind === "charged")).toBe(true);
  began = performance.now();
  for (const account of accounts.slice(0, 100)) await account.charge([release("1", gaussian(2))]);
  const eachMs = (performance.now() - began) / 100;
  expect((await accounts[99]!.read()).charges).toHaveLength(2);
  console.log(`5000 together ${togetherMs.toFixed(0)} ms, each alone ${eachMs.toFixed(2)} ms`);
});

describe("a file that is no ledger is refused, and left as it is", () => {
  const refused = (path: string, text: string) => {
    const before = readFileSync(path);
    expect(() => openLedger(path)).toThrow(expect.objectContaining({ code: "PRIVACY_LEDGER" }));
    expect(() => openLedger(path)).toThrow(`${path} ${text}`);
    expect(readFileSync(path).equals(before)).toBe(true);
  };

  test("text", () => {
    const path = join(folder, "text");
    writeFileSync(path, "this is no database, but it is long enough to be one: ".repeat(40));
    refused(path, "cannot be used (file is not a database)");
  });

  test("another database", () => {
    const path = join(folder, "other");
    const database = new DatabaseSync(path);
    database.exec("CREATE TABLE birds (name TEXT)");
    database.close();
    refused(path, "is a database of something else; give another path");
  });

  test("a later version", () => {
    const path = freshPath();
    openLedger(path).close();
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 7");
    database.close();
    refused(path, "is a ledger of version 7, and this Atoll knows version 1");
  });

  test("a path that cannot be", () => {
    const path = join(folder, "text", "below-a-file");
    expect(() => openLedger(path)).toThrow(expect.objectContaining({ code: "PRIVACY_LEDGER" }));
  });
});

describe("damage is found", () => {
  const filled = async () => {
    const path = freshPath();
    const ledger = openLedger(path);
    const account = await ledger.account("a", budgetOf());
    await account.charge(Array.from({ length: 2000 }, (_, i) => release(`${i}`, gaussian(100))));
    ledger.close();
    return path;
  };

  test("pages that are overwritten", async () => {
    const path = await filled();
    const bytes = readFileSync(path);
    bytes.fill(0xaa, 8 * 4096, bytes.length - 4096);
    writeFileSync(path, bytes);
    await expect(open(path).read("a")).rejects.toThrow(
      expect.objectContaining({ code: "PRIVACY_LEDGER" }),
    );
  });

  test("charges that are missing", async () => {
    const path = await filled();
    const database = new DatabaseSync(path);
    database.exec("DELETE FROM charges WHERE id = '17'");
    database.close();
    await expect(open(path).read("a")).rejects.toThrow(
      'the charges of account "a" do not add up to its totals',
    );
  });
});
