import { afterAll, beforeAll, expect, test } from "vitest";
import { idlePools } from "../../../node/src/workers/idle-pools.fixture.ts";
import { deploy, type Deployment } from "./deployment.fixture.ts";
import { privateExperiment, tinyExperiment } from "./experiments.fixture.ts";
import { killServerEverywhere, killSiloEverywhere } from "./kill.fixture.ts";
import type { RunNumbers } from "./numbers.fixture.ts";

const threads = idlePools();
const clients = ["a", "b"];
const open: Deployment[] = [];
const opened = async () => {
  const deployment = await deploy(clients, threads);
  open.push(deployment);
  return deployment;
};
let uninterrupted: RunNumbers;

beforeAll(async () => {
  const deployment = await opened();
  for (const client of clients) deployment.startSilo(client);
  const run = await deployment.submit(tinyExperiment());
  await deployment.untilForgotten(run);
  uninterrupted = await deployment.numbers(run);
  await deployment.stopAll();
  expect(uninterrupted).toMatchObject({ state: "done", isAuditSound: true });
});
afterAll(async () => {
  for (const deployment of open) await deployment.close();
  await threads.close();
});

test("a server that is killed after every one of its transitions comes to the same numbers", async () => {
  const deployment = await opened();
  for (const client of clients) deployment.startSilo(client);
  const run = await deployment.submit(tinyExperiment());
  await deployment.server().stop();
  const killedAt = await killServerEverywhere(deployment, run);
  await deployment.startServer();
  expect(await deployment.numbers(run)).toEqual(uninterrupted);
  await deployment.stopAll();
  // Eight rounds in two cells. Of two clients, one may come in the very instant in which the server dies of the other.
  const { seen, setRunState, setRunClient, answerTask, setAccount, ...counts } =
    Object.fromEntries(killedAt);
  expect(counts).toEqual({ openTasks: 8, dropTasks: 8, checkpoint: 8, finishCell: 2 });
  expect(answerTask).toBeGreaterThanOrEqual(8);
  expect(setRunClient).toBeGreaterThanOrEqual(2);
  expect(setAccount).toBeGreaterThanOrEqual(2);
  // A server that starts anew says that the run goes on, and hears a hello, as often as it is killed then.
  expect(Math.min(seen!, setRunState!)).toBeGreaterThan(8);
});

test("silos that are killed after every one of their steps come to the same numbers", async () => {
  const deployment = await opened();
  const silos = clients.map((client) => killSiloEverywhere(deployment, client));
  const run = await deployment.submit(tinyExperiment());
  await deployment.untilForgotten(run);
  for (const silo of silos) await silo.stop();
  expect(await deployment.numbers(run)).toEqual(uninterrupted);
  await deployment.stopAll();
  for (const { killedAt } of silos)
    expect(Object.fromEntries(killedAt)).toEqual({
      "job-stored": 1,
      "request-fetched": 8,
      "state-written": 8,
      "answer-written": 8,
      "journal-committed": 8,
      uploaded: 8,
      answered: 8,
      closed: 2,
      forgotten: 1,
    });
});

test.each(["central", "local"])(
  "%s noise is the same after kills of everybody at everything, and is charged once",
  async (kind) => {
    const deployment = await opened();
    const silos = clients.map((client) => deployment.startSilo(client));
    // Until the first round of training everybody has drawn noise, whose secret is kept from then on.
    let numCheckpoints = 0;
    await deployment.startServer({
      onTransition: (name, kill) => {
        if (name === "checkpoint" && ++numCheckpoints === 3) kill();
      },
    });
    const run = await deployment.submit(privateExperiment(kind));
    await deployment.server().killed;
    for (const silo of silos) await silo.stop();
    await deployment.server().bury();
    const fork = await deployment.fork();
    open.push(fork);

    for (const client of clients) deployment.startSilo(client);
    await deployment.startServer();
    await deployment.untilForgotten(run);
    const expected = await deployment.numbers(run);
    await deployment.stopAll();
    expect(expected).toMatchObject({ state: "done", isAuditSound: true });
    expect(epsilonsOf(expected)).toEqual(
      kind === "central"
        ? { server: expect.closeTo(7.077, 3) }
        : { a: expect.closeTo(3.19, 1), b: expect.closeTo(3.19, 1) },
    );

    const killed = clients.map((client) => killSiloEverywhere(fork, client));
    await killServerEverywhere(fork, run);
    for (const silo of killed) await silo.stop();
    await fork.startServer();
    expect(await fork.numbers(run)).toEqual(expected);
    await fork.stopAll();
  },
);

function epsilonsOf({ cells, accounts }: RunNumbers): Record<string, number> {
  const server = cells.flatMap(({ outcome }) => JSON.parse(outcome!).privacy ?? []);
  const spent = accounts.flatMap((text) => {
    const { client, account } = JSON.parse(text) as { client: string; account: string };
    const { spent: of } = (JSON.parse(account) as { spent?: { epsilon: number } }) ?? {};
    return of === undefined ? [] : [[client, of.epsilon] as const];
  });
  return Object.fromEntries([
    ...spent,
    ...server.map(({ spent: of }) => ["server", of.epsilon] as const),
  ]);
}
