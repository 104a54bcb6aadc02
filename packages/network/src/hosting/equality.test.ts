import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { GLOBAL_MODEL_FILE, type GlobalModel } from "@atoll/node/runs";
import { idlePools } from "../../../node/src/workers/idle-pools.fixture.ts";
import { cellDirectory } from "../coordinator/index.ts";
import { mixedExperiment } from "./experiments.fixture.ts";
import { comparedOf, runInProcess } from "./in-process.fixture.ts";
import { processesOf, type Processes } from "./processes.fixture.ts";

const threads = idlePools();
let processes: Processes | undefined;
afterEach(() => processes?.close());
afterAll(() => threads.close());

test("an experiment comes to the same numbers in one process and across three, two of which are killed", async () => {
  processes = await processesOf(["a", "b"]);
  for (const client of ["a", "b"]) processes.startClient(client);
  const run = await processes.submit(mixedExperiment());
  // Killed by themselves at one of their first transitions, and by the system later.
  await processes.server().kill9();
  processes.startServer(12);
  expect(await processes.server().ended).toBe("SIGKILL");
  processes.startServer();
  await processes.client("a").kill9();
  processes.startClient("a");
  await processes.waitForRun(run);
  const across = await processes.numbers(run);
  expect([across.state, across.reason]).toEqual(["done", undefined]);
  expect(across.isAuditSound).toBe(true);

  const alone = await runInProcess(mixedExperiment(), { openPool: threads.open });
  const cells = comparedOf(across);
  expect(cells.map(({ method }) => method)).toEqual(["best-possible", "fedavg", "noisy"]);
  // Their outcomes name the global model by its hash.
  expect(cells.slice(0, 2)).toEqual(alone.slice(0, 2));
  const { model } = JSON.parse(cells[1]!.outcome) as { readonly model: GlobalModel };
  const place = { run, seed: 1, method: "fedavg" };
  const kept = readFileSync(
    join(cellDirectory(join(processes.root, "server"), place), GLOBAL_MODEL_FILE),
  );
  expect(createHash("sha256").update(kept).digest("hex")).toBe(model.sha256);
  // Noise follows from secrets that each run makes anew; what it costs does not.
  expect(cells[2]!.epsilons).toBe(alone[2]!.epsilons);
  expect(alone[2]!.epsilons).toContain('"spent":{"epsilon":3.194');
});
