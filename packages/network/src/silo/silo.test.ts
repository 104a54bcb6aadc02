import { afterAll, beforeAll, expect, test } from "vitest";
import type { CellKey } from "../protocol/index.ts";
import { fakeServer, type FakeServer } from "./coordinator.fixture.ts";
import type { Transition } from "./events.ts";
import { jobOf, siloBench, tinyExperiment, type SiloBench } from "./silos.fixture.ts";

let bench: SiloBench;
beforeAll(async () => {
  bench = await siloBench();
});
afterAll(() => bench.close());

const experiment = tinyExperiment();
const cell: CellKey = { run: "run-1", seed: 1, method: "fedavg" };

async function askForJob(server: FakeServer, client: string, given = experiment) {
  const job = server.putJob(jobOf(given, { client }));
  server.order(client, { kind: "job", run: "run-1", job });
  return server.heard(({ client: by, op }) => by === client && /accept|refuse/.test(op));
}

/** Hex, so that a difference is short to read. */
const hex = (answers: readonly Uint8Array[] | undefined) =>
  answers?.map((bytes) => Buffer.from(bytes).toString("hex"));

test("silos answer byte for byte what parties in one process answer, also one that is killed after every step of every request", async () => {
  const expected = await bench.inProcess(experiment, cell);
  expect(expected.get("a")!.length).toBeGreaterThan(4);
  const server = fakeServer();
  const folders = { a: await bench.newFolder(), b: await bench.newFolder() };
  bench.start(server, "b", { folder: folders.b });
  const killed = new Set<string>();
  const kills = { over: false };
  const seqOfLast = () =>
    server.said.filter(({ client, op }) => client === "a" && op === "answer").length;
  const restart = async () => {
    while (!kills.over) {
      const silo = bench.start(server, "a", {
        folder: folders.a,
        onTransition: (step: Transition) => {
          const here = `${seqOfLast()} ${step}`;
          if (killed.has(here)) return;
          killed.add(here);
          throw new Error(`killed after ${here}`);
        },
      });
      const error = await silo.ended;
      if (error !== undefined && !(error as Error).message.startsWith("killed after")) throw error;
      if (error === undefined) return;
    }
  };
  const running = restart();
  for (const client of ["a", "b"]) expect((await askForJob(server, client)).op).toBe("accept");
  await bench.drive(experiment, cell, server.exchangeOf(cell));
  for (const client of ["a", "b"])
    expect(hex(server.answers.get(client))).toEqual(hex(expected.get(client)));
  server.order("a", { kind: "close", cell });
  await server.heard(({ client, op }) => client === "a" && op === "closed");
  server.order("a", { kind: "forget", run: "run-1" });
  await server.heard(({ client, op }) => client === "a" && op === "forgotten");
  kills.over = true;
  await bench.stopAll();
  await running;
  const steps = [...killed].map((one) => one.split(" ")[1]);
  const answers = expected.get("a")!.length;
  for (const step of ["request-fetched", "state-written", "journal-committed", "uploaded"])
    expect(steps.filter((one) => one === step).length, step).toBe(answers);
  expect(steps).toContain("forgotten");
});
