import { afterAll, beforeAll, expect, test } from "vitest";
import { idlePools } from "../../../node/src/workers/idle-pools.fixture.ts";
import { findNats, startNats } from "../carriers/nats/nats.fixture.ts";
import { openPostgres } from "../record/index.ts";
import { postgresPrograms, startPostgres } from "../record/postgres.fixture.ts";
import { deploy, enrol } from "./deployment.fixture.ts";
import { tinyExperiment } from "./experiments.fixture.ts";
import { runThroughFaults } from "./faulty-run.fixture.ts";
import type { RunNumbers } from "./numbers.fixture.ts";

const threads = idlePools();
afterAll(() => threads.close());
const clients = ["a", "b"];
const experiment = tinyExperiment();
let undisturbed: RunNumbers;

beforeAll(async () => {
  const deployment = await deploy(clients, threads);
  for (const client of clients) deployment.startSilo(client);
  const run = await deployment.submit(experiment);
  await deployment.untilForgotten(run);
  undisturbed = await deployment.numbers(run);
  await deployment.close();
  expect(undisturbed).toMatchObject({ state: "done", isAuditSound: true });
});

const plan = { clients, experiment, threads, seed: 5, connections: 16, deadlineMs: 60_000 };

test("a network that harms what passes over HTTPS changes no number, and loses and doubles nothing", async () => {
  const { numbers, happened } = await runThroughFaults(plan);
  expect(numbers).toEqual(undisturbed);
  expect(happened.length).toBeGreaterThan(8);
});

test.skipIf(findNats() === undefined)("nor does it over NATS", async () => {
  const nats = (await startNats())!;
  try {
    const { numbers, happened } = await runThroughFaults({ ...plan, natsPort: nats.port });
    expect(numbers).toEqual(undisturbed);
    expect(happened.length).toBeGreaterThan(8);
  } finally {
    await nats.stop();
  }
});

test.skipIf(findNats() === undefined)(
  "a broker that is killed twice amid a run changes nothing",
  async () => {
    const nats = (await startNats())!;
    try {
      const outages = outagesAt([9, 23], async () => {
        await nats.kill9();
        await nats.restart();
      });
      const { numbers } = await runThroughFaults({
        ...plan,
        connections: 0,
        natsPort: nats.port,
        onTransition: outages.onTransition,
      });
      expect(await outages.numDone()).toBe(2);
      expect(numbers).toEqual(undisturbed);
    } finally {
      await nats.stop();
    }
  },
);

test.skipIf(postgresPrograms() === undefined)(
  "a database that goes down twice amid a run, once without tidying up, changes nothing",
  async () => {
    const postgres = (await startPostgres())!;
    const deployment = await deploy(clients, threads);
    try {
      const how = ["fast", "immediate"] as const;
      const outages = outagesAt([30, 45], async (nth) => {
        await postgres.halt(how[nth]!);
        await postgres.start();
      });
      const url = postgres.newDatabase();
      const server = await deployment.startServer({
        openSql: () => openPostgres(url),
        onTransition: outages.onTransition,
      });
      for (const [client, key] of deployment.keys) await enrol(server.record, client, key);
      for (const client of clients) deployment.startSilo(client);
      const run = await deployment.submit(experiment);
      await deployment.untilForgotten(run);
      expect(await outages.numDone()).toBe(2);
      expect(await deployment.numbers(run)).toEqual(undisturbed);
    } finally {
      await deployment.close();
      await postgres.stop();
    }
  },
);

/** Something goes down after so many transitions, while the server works on. */
function outagesAt(at: readonly number[], outage: (nth: number) => Promise<void>) {
  const done: Promise<void>[] = [];
  let count = 0;
  return {
    onTransition: () => {
      count += 1;
      if (at.includes(count)) done.push(outage(done.length));
    },
    numDone: async () => (await Promise.all(done)).length,
  };
}
