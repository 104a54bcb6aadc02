import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { AccountExport, Charge } from "@atoll/core/privacy";
import { afterAll, expect, test } from "vitest";
import { budgetOf, gaussian, release } from "../../../core/src/privacy/ledger/ledger.fixture.ts";
import { memoryLedger } from "../../../core/src/privacy/ledger/memory-ledger.ts";
import { openLedger } from "./open-ledger.ts";

const folder = mkdtempSync(join(tmpdir(), "atoll-ledger-processes-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Charging {
  readonly path: string;
  readonly name: string;
  readonly count: number;
  readonly epsilon: number;
}

/** A process that charges two releases at a time; gives it, and the ids that it was told are charged. */
function charging({ path, name, count, epsilon }: Charging) {
  const script = join(import.meta.dirname, "charging.fixture.ts");
  const child: ChildProcess = spawn(
    process.execPath,
    [script, path, name, String(count), String(epsilon)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  return { child, accepted: text(child.stdout!).then((lines) => lines.split("\n").slice(0, -1)) };
}

async function readBack(path: string, epsilon: number): Promise<AccountExport> {
  const ledger = openLedger(path);
  const account = await ledger.account("a", budgetOf({ epsilon }));
  const read = await account.read();
  ledger.close();
  return read;
}

function chargeOf(entry: AccountExport["charges"][number]): Charge {
  const charge: Charge & { spentAfter?: unknown } = { ...entry };
  delete charge.spentAfter;
  return charge;
}

/** What the same releases cost, charged anew. */
async function costOf({ charges, budget }: AccountExport): Promise<number> {
  const account = await memoryLedger().account("a", budget);
  const { spent } = await account.charge(charges.map(chargeOf));
  return spent.epsilon;
}

test("processes that are killed leave every release whole or not there, and none that was answered is gone", async () => {
  const path = join(folder, "killed");
  const epsilon = Infinity;
  const accepted: string[] = [];
  for (let round = 0; round < 3; round++) {
    const running = ["x", "y"].map((name) =>
      charging({ path, name: `${name}${round}`, count: 1e6, epsilon }),
    );
    // Once both charge, at some moment that differs from round to round.
    await Promise.all(running.map(({ child }) => once(child.stdout!, "data")));
    await sleep(7 + 13 * round);
    for (const { child } of running) child.kill("SIGKILL");
    for (const own of running) accepted.push(...(await own.accepted));
  }
  const read = await readBack(path, epsilon);
  const ids = read.charges.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !id.endsWith("b")).map((id) => `${id}b`)).toEqual(
    ids.filter((id) => id.endsWith("b")),
  );
  expect(accepted.length).toBeGreaterThan(5);
  expect(accepted.filter((id) => !ids.includes(id))).toEqual([]);
  expect(read.spent.epsilon).toBe(await costOf(read));
});

test("four processes that charge to one account do not pass its cap, and lose no charge", async () => {
  const path = join(folder, "shared");
  const epsilon = 6;
  const running = ["p", "q", "r", "s"].map((name) => charging({ path, name, count: 200, epsilon }));
  const accepted = (await Promise.all(running.map((own) => own.accepted))).flat();
  const read = await readBack(path, epsilon);
  const ids = read.charges.map(({ id }) => id);
  expect(ids.filter((id) => !id.endsWith("b")).toSorted()).toEqual(accepted.toSorted());
  expect(read.spent.epsilon).toBeLessThanOrEqual(epsilon);
  expect(read.spent.epsilon).toBe(await costOf(read));
  // The cap was what stopped them: one more would pass it.
  const alone = await memoryLedger().account("a", budgetOf());
  const { spent } = await alone.charge([
    ...read.charges.map(chargeOf),
    release("one more", gaussian(20)),
    release("one moreb", gaussian(30)),
  ]);
  expect(accepted.length).toBeLessThan(800);
  expect(spent.epsilon).toBeGreaterThan(epsilon);
});
