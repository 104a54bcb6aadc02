import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sharedThreads } from "./deployment.fixture.ts";
import { tinyExperiment } from "./experiments.fixture.ts";
import { mayMount, ontoSmallDisk, type SmallDisk } from "./full-disk.fixture.ts";
import { comparedOf, runInProcess } from "./in-process.fixture.ts";
import { processesOf, type Processes } from "./processes.fixture.ts";

const threads = sharedThreads();
afterAll(() => threads.close());

/** What is looked at, again and again, until it holds. */
const settles = (look: () => boolean | Promise<boolean>) =>
  expect.poll(look, { timeout: 60_000, interval: 20 }).toBe(true);

describe.skipIf(!mayMount())(
  "a disk that is full in mid-run, where this process may mount one",
  () => {
    const experiment = tinyExperiment({ federation: { rounds: 3, shared: ["segment"] } });
    const clients = ["a", "b"];
    let alone: Awaited<ReturnType<typeof runInProcess>>;
    beforeAll(async () => {
      alone = await runInProcess(experiment, { openPool: threads.open });
    });
    let processes: Processes;
    let disk: SmallDisk | undefined;
    beforeEach(async () => {
      processes = await processesOf(clients);
    });
    afterEach(async () => {
      await processes.stopAll();
      disk?.unmount();
      disk = undefined;
      await processes.close();
    });

    const expectWhole = async (run: string) => {
      await processes.waitForRun(run);
      const across = await processes.numbers(run);
      expect([across.state, across.reason]).toEqual(["done", undefined]);
      expect(across.isAuditSound).toBe(true);
      expect(comparedOf(across)).toEqual(alone);
    };

    test("holds up the server, or ends it with the reason; with room again it goes on to the same numbers", async () => {
      await processes.server().stop();
      disk = ontoSmallDisk(join(processes.root, "server"), 16);
      const server = processes.startServer();
      const silos = clients.map((client) => processes.startClient(client));
      await server.isReady;
      const run = await processes.submit(experiment);
      await settles(() => server.said.filter((name) => name === "checkpoint").length >= 2);
      disk.fill();
      // Silos are told to wait; a checkpoint that finds no room ends the server.
      let ended: string | number | undefined;
      void server.ended.then((how) => (ended = how));
      const isHeldUp = () => silos.some((silo) => silo.problems().includes("SERVER_BUSY"));
      await settles(() => ended !== undefined || isHeldUp());
      disk.makeRoom();
      if (ended === undefined) await Promise.race([server.ended, processes.waitForRun(run)]);
      if (ended !== undefined) {
        expect(ended).toBe(1);
        expect(server.problems()).toContain("DISK_FULL");
        await processes.startServer().isReady;
      }
      await expectWhole(run);
    });

    test("holds up the silo, which goes on by itself once there is room, to the same numbers", async () => {
      disk = ontoSmallDisk(join(processes.root, "client-a"), 16);
      const silo = processes.startClient("a");
      processes.startClient("b");
      const run = await processes.submit(experiment);
      const numCommitted = () => silo.said.filter((name) => name === "journal-committed").length;
      await settles(() => numCommitted() >= 2);
      disk.fill();
      await settles(() => silo.problems().includes("ENOSPC"));
      const { state } = await processes.admin.run(run);
      expect(state).toBe("running");
      disk.makeRoom();
      await expectWhole(run);
    });
  },
);
