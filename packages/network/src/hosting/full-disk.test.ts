import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tinyExperiment } from "./experiments.fixture.ts";
import { mayMount, ontoSmallDisk, type SmallDisk } from "./full-disk.fixture.ts";
import { numbersOf, type RunNumbers } from "./numbers.fixture.ts";
import { openServerRecord } from "./open-server.ts";
import { processesOf, type Processes } from "./processes.fixture.ts";

/** What is looked at, again and again, until it holds. */
const settles = (look: () => boolean | Promise<boolean>) =>
  expect.poll(look, { timeout: 60_000, interval: 20 }).toBe(true);

describe.skipIf(!mayMount())(
  "a disk that is full in mid-run, where this process may mount one",
  () => {
    const experiment = tinyExperiment({ federation: { rounds: 3, shared: ["segment"] } });
    const clients = ["a", "b"];
    const disks: SmallDisk[] = [];
    // One server and its silos for all runs: starting them costs more than the runs.
    let processes: Processes;
    beforeAll(async () => {
      processes = await processesOf(clients);
      await processes.server().stop();
      for (const folder of ["server", "client-a"])
        disks.push(ontoSmallDisk(join(processes.root, folder), 16));
      const server = processes.startServer();
      for (const client of clients) processes.startClient(client);
      await server.isReady;
    });
    afterAll(async () => {
      await processes.stopAll();
      for (const disk of disks) disk.unmount();
      await processes.close();
    });

    test("holds up the server, or ends it with the reason, and holds up the silo, which goes on by itself; with room again both come to the numbers of a run that has room", async () => {
      const [ofServer, ofSilo] = disks as [SmallDisk, SmallDisk];
      const undisturbed = await processes.submit(experiment);
      await processes.waitForRun(undisturbed);

      const server = processes.server();
      const silos = clients.map((client) => processes.client(client));
      const numCheckpoints = () => server.said.filter((name) => name === "checkpoint").length;
      const before = numCheckpoints();
      const first = await processes.submit(experiment);
      await settles(() => numCheckpoints() >= before + 2);
      ofServer.fill();
      // Silos are told to wait; a checkpoint that finds no room ends the server.
      let ended: string | number | undefined;
      void server.ended.then((how) => (ended = how));
      const isHeldUp = () => silos.some((silo) => silo.problems().includes("SERVER_BUSY"));
      await settles(() => ended !== undefined || isHeldUp());
      ofServer.makeRoom();
      if (ended === undefined) await Promise.race([server.ended, processes.waitForRun(first)]);
      if (ended !== undefined) {
        expect(ended).toBe(1);
        expect(server.problems()).toContain("DISK_FULL");
        await processes.startServer().isReady;
      }
      await processes.waitForRun(first);

      const silo = processes.client("a");
      const numCommitted = () => silo.said.filter((name) => name === "journal-committed").length;
      const committed = numCommitted();
      const second = await processes.submit(experiment);
      await settles(() => numCommitted() >= committed + 2);
      const earlier = silo.problems().length;
      ofSilo.fill();
      await settles(() => silo.problems().slice(earlier).includes("ENOSPC"));
      const { state } = await processes.admin.run(second);
      expect(state).toBe("running");
      ofSilo.makeRoom();
      await processes.waitForRun(second);
      expect(processes.client("a")).toBe(silo);

      await processes.stopAll();
      const record = await openServerRecord(join(processes.root, "server"));
      const numbers: RunNumbers[] = [];
      for (const run of [undisturbed, first, second]) numbers.push(await numbersOf(record, run));
      await record.close();
      const [expected, ...held] = numbers;
      expect(expected).toMatchObject({ state: "done", reason: undefined, isAuditSound: true });
      expect(held).toEqual([expected, expected]);
    });
  },
);
