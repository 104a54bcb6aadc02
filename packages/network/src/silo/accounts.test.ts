import { readdirSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CellKey } from "../protocol/index.ts";
import { fakeServer } from "./coordinator.fixture.ts";
import { sha256Of } from "./receive.ts";
import { runPaths } from "./run-paths.ts";
import { jobOf, siloBench, tinyExperiment, type SiloBench } from "./silos.fixture.ts";

let bench: SiloBench;
beforeAll(async () => {
  bench = await siloBench();
});
afterAll(() => bench.close());

const cell: CellKey = { run: "run-1", seed: 1, method: "fedavg" };

/** A promise whose budget lies in a ledger of its own. */
const promised = tinyExperiment({
  data: { kind: "synthetic", markets: { a: { rows: 300 } } },
  federation: { rounds: 2, shared: ["segment"] },
  model: { kind: "lr" },
  training: { batchSize: 64, select: "last" },
  privacy: { kind: "local", epsilon: 100, ledger: "../budget.sqlite", assumePublic: ["segment"] },
});

test("noise that is drawn again after a kill is the same noise, charged once; accounts outlive the run", async () => {
  const server = fakeServer();
  const folder = await bench.newFolder();
  /** By request: the hashes of the answers that were written. */
  const written = new Map<string, string[]>();
  const start = () =>
    bench.start(server, "a", {
      folder,
      onTransition: (step) => {
        if (step !== "answer-written") return;
        const path = runPaths(folder, "run-1").path;
        const files = readdirSync(path, { recursive: true, encoding: "utf8" })
          .filter((file) => /answer\.\d+$/.test(file))
          .toSorted(
            (one, other) => Number(one.split(".").at(-1)) - Number(other.split(".").at(-1)),
          );
        const last = files.at(-1)!;
        const hashes = written.get(last) ?? [];
        written.set(last, hashes);
        hashes.push(sha256Of(readFileSync(join(path, last))));
        if (hashes.length < 2) throw new Error("killed");
      },
    });
  const kills = { over: false };
  const running = (async () => {
    while (!kills.over) await start().ended;
  })();
  const job = server.putJob(jobOf(promised, { client: "a" }));
  server.order("a", { kind: "job", run: "run-1", job });
  const { op, params } = await server.heard((one) => /accept|refuse/.test(one.op));
  expect([op, params["reason"]]).toEqual(["accept", undefined]);
  await bench.drive(promised, cell, server.exchangeOf(cell));
  server.order("a", { kind: "close", cell });
  const closed = await server.heard((one) => one.op === "closed");
  server.order("a", { kind: "forget", run: "run-1" });
  await server.heard((one) => one.op === "forgotten");
  kills.over = true;
  await bench.stopAll();
  await running;

  expect(written.size).toBe(server.answers.get("a")!.length);
  for (const hashes of written.values()) expect(hashes).toEqual([hashes[0], hashes[0]]);
  const { account, charges } = JSON.parse(closed.params["account"] as string) as {
    readonly account: string;
    readonly charges: readonly { readonly id: string; readonly round: number }[];
  };
  expect(account).toBe("a");
  expect(charges.map(({ round }) => round)).toEqual([0, 1]);
  expect(new Set(charges.map(({ id }) => id)).size).toBe(2);
  // The job's path is a name among the silo's ledgers, and leads nowhere.
  expect(await readdir(join(folder, "ledgers"))).toContain("%2E.%2Fbudget.sqlite");
  const left = await readdir(runPaths(folder, "run-1").path, { recursive: true });
  expect(
    left.filter((file) => /\.|secret/.test(file)).map((file) => file.split("/").at(-1)),
  ).toEqual(expect.arrayContaining(["forgotten.json", "noise.secret"]));
  expect(left.filter((file) => /safetensors|journal|answer|job\.json|closed/.test(file))).toEqual(
    [],
  );
});
