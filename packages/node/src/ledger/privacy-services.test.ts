import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { budgetOf, gaussian, release } from "../../../core/src/privacy/ledger/ledger.fixture.ts";
import { nodeCryptography } from "../cryptography/index.ts";
import {
  ALL_CLIENTS,
  checkLedgerKept,
  ownCharges,
  privacyServices,
  type PrivacyPlace,
} from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "atoll-services-"));
afterAll(() => rmSync(folder, { recursive: true }));

let places = 0;
/** A party with a secret of its own. */
const placeIn = (ledgerPath: string, accountName: string, shared = true): PrivacyPlace => ({
  ledgerPath,
  secretPath: join(folder, `${places++}.secret`),
  accountName,
  shared,
  run: "test",
});

function open(place: PrivacyPlace, name = place.accountName) {
  return privacyServices(place, nodeCryptography).ledger.account(name, budgetOf());
}

test("two runs' charges of one account are told apart by their secrets, and are spent together", async () => {
  const path = join(folder, "two.sqlite");
  const [one, other] = [placeIn(path, "de"), placeIn(path, "de")];
  for (const place of [one, other, one])
    await (await open(place)).charge([release("train/0", gaussian(2))]);
  const [own, others] = [await ownCharges(one), await ownCharges(other)];
  expect([own!.charges.length, others!.charges.length]).toEqual([1, 1]);
  expect(own!.charges[0]!.id).not.toBe(others!.charges[0]!.id);
  expect(own!.spent).toEqual(others!.spent);
  expect(own!.spent).toEqual(others!.charges[0]!.spentAfter);
});

test("an account without charges is there, a party without one is not", async () => {
  const place = placeIn(join(folder, "empty.sqlite"), "de");
  expect(await ownCharges(place)).toBeUndefined();
  await open(place);
  expect(await ownCharges(place)).toMatchObject({ spent: { epsilon: 0 }, charges: [] });
});

test("of clients with accounts of their own, the one that has spent most is told, and how many there are", async () => {
  const path = join(folder, "many.sqlite");
  const place = placeIn(path, "1/sim/sim-1", false);
  const beside = placeIn(path, "1/sim/sim-10", false);
  for (const [at, noises] of [
    [place, { 0: 3, 7: 2, 12: 4 }],
    [beside, { 1: 1, 2: 0 }],
  ] as const)
    for (const [client, noise] of Object.entries(noises))
      await (
        await open(at, `${at.accountName}/${client}`)
      ).charge([release("train/0", gaussian(noise))]);
  const most = await ownCharges(place);
  expect(most).toMatchObject({ account: "1/sim/sim-1/7", clients: 3 });
  expect(most!.charges.map(({ uses }) => uses.mechanism)).toEqual([gaussian(2)]);
  // Without noise nothing is promised, which is more than any number.
  expect(await ownCharges(beside)).toMatchObject({
    account: "1/sim/sim-10/2",
    clients: 2,
    spent: { epsilon: Infinity },
  });
  // An account of the party's own comes first, and another ledger's clients are no parts of one.
  await open(place);
  expect(await ownCharges(place)).not.toHaveProperty("clients");
  expect(await ownCharges(placeIn(path, "1/sim", true))).toBeUndefined();
});

test("an account of one client and one of all do not stand in one shared ledger", async () => {
  const clients = join(folder, "clients.sqlite");
  await open(placeIn(clients, "de"));
  await open(placeIn(clients, "fr"));
  await expect(open(placeIn(clients, ALL_CLIENTS))).rejects.toMatchObject({
    code: "PRIVACY_LEDGER",
    message: expect.stringContaining(
      'has an account of one client, "de", and is asked for one of "all clients"; what both lose',
    ) as string,
  });
  // Nothing was opened: clients go on.
  await open(placeIn(clients, "us"));

  const all = join(folder, "all.sqlite");
  await open(placeIn(all, ALL_CLIENTS));
  await open(placeIn(all, ALL_CLIENTS));
  await expect(open(placeIn(all, "de"))).rejects.toThrow(
    'has the account of "all clients", and is asked for one of the client "de" alone',
  );
  // A run's own ledger has an account for each training.
  await open(placeIn(all, "1/local/de", false));
});

test("a ledger that is gone is missed wherever noise was drawn", async () => {
  const path = join(folder, "gone.sqlite");
  const [drawn, charged, fresh] = [placeIn(path, "a"), placeIn(path, "b"), placeIn(path, "c")];
  for (const place of [drawn, charged, fresh]) checkLedgerKept(place);
  privacyServices(drawn, nodeCryptography).noise("cohort")(4);
  await open(charged);
  for (const place of [drawn, charged, fresh]) checkLedgerKept(place);
  rmSync(path);
  for (const place of [drawn, charged])
    expect(() => checkLedgerKept(place)).toThrow(
      "is gone, and with it what this run was charged; put it back as it was, or begin a run anew",
    );
  checkLedgerKept(fresh);
});
