import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { AtollError } from "@atoll/core/errors";
import { experimentSchema } from "@atoll/node/experiment";
import { idlePools, type IdlePools } from "../../../node/src/workers/idle-pools.fixture.ts";
import type { CoordinatorEvent } from "../coordinator/index.ts";
import { deploy, type Deployment, type LiveServer } from "./deployment.fixture.ts";
import { privateExperiment, tinyExperiment } from "./experiments.fixture.ts";

const threads = idlePools();
afterAll(() => threads.close());
const clients = ["a", "b", "c"];
let deployment: Deployment;
beforeEach(async () => {
  deployment = await deploy(clients, threads);
});
afterEach(() => deployment.close());

const markets = { a: { rows: 200 }, b: { rows: 150 }, c: { rows: 150 } };
const three = (rounds: number) =>
  tinyExperiment({
    data: { kind: "synthetic", markets },
    federation: { rounds, shared: ["segment"] },
  });

type Ended = Extract<CoordinatorEvent, { readonly kind: "round-end" }>;
const endsOf = (server: LiveServer): Ended[] =>
  server.events.filter((event) => event.kind === "round-end");
/** Who was dropped in which round of training. */
const droppedIn = (server: LiveServer) =>
  endsOf(server)
    .filter(({ stage, cell }) => stage === "train" && cell.method === "fedavg")
    .map(({ dropped }) => dropped);

async function waitFor<T>(what: () => T | undefined | false): Promise<T> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const found = what();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error("it did not come to that");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A step that waits until it is let go. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

test("whoever has answered is asked for nothing while the others compute", async () => {
  const held = gate();
  deployment.startSilo("a");
  deployment.startSilo("b");
  deployment.startSilo("c", {
    onTransition: (step) => (step === "journal-committed" ? held.opened : undefined),
  });
  const run = await deployment.submit(three(1));
  const { record } = deployment.server();
  const isOpen = async () => (await record.tasksOf("c")).length > 0;
  while (!(await isOpen()) || (await record.tasksOf("a")).length > 0)
    await new Promise((resolve) => setTimeout(resolve, 5));
  const calls = deployment.callsOf("a");
  const { reply } = await calls.call("poll", { waitMs: 0, busy: [] });
  calls.close();
  expect(reply.orders).toEqual([]);
  held.open();
  await deployment.untilEnded(run);
});

test("a round goes on at its deadline without a straggler, who is back in a later one", async () => {
  const held = gate();
  let requests = 0;
  deployment.startSilo("a");
  deployment.startSilo("b");
  const straggler = deployment.startSilo("c", {
    // Two requests are about vocabularies; the third is the first of training.
    onTransition: async (step) => {
      if (step === "request-fetched") requests += 1;
      if (step === "request-fetched" && requests === 3) await held.opened;
    },
  });
  const run = await deployment.submit(three(4), {
    rounds: { deadlineSeconds: 0.3, minimum: 0.6 },
  });
  await waitFor(() => droppedIn(deployment.server()).length >= 1);
  held.open();
  await deployment.untilEnded(run);
  const dropped = droppedIn(deployment.server());
  expect(dropped[0]).toEqual(["c"]);
  // The last one, in which all finish, waits for everybody.
  expect(dropped.at(-1)).toEqual([]);
  const { state, cells } = await deployment.numbers(run);
  expect(state).toBe("done");
  const verdicts = straggler.events.flatMap((event) =>
    event.kind === "answered" ? [event.verdict] : [],
  );
  expect(verdicts).toContain("late");
  expect(verdicts.filter((verdict) => verdict === "taken").length).toBeGreaterThanOrEqual(4);
  // Exactly those that were not dropped are in the numbers.
  const trained = cells[0]!.lines
    .map((line) => JSON.parse(line) as { stage: string; round: number; client: string })
    .filter(({ stage }) => stage === "train");
  expect(trained.map(({ round, client }) => `${round}${client}`)).toEqual(
    dropped.flatMap((left, round) =>
      clients.filter((client) => !left.includes(client)).map((client) => `${round}${client}`),
    ),
  );
});

test("of a round that asks more clients than it needs the slowest is dropped at once", async () => {
  const held = gate();
  let requests = 0;
  deployment.startSilo("a");
  deployment.startSilo("b");
  deployment.startSilo("c", {
    onTransition: async (step) => {
      if (step === "request-fetched" && ++requests === 3) await held.opened;
    },
  });
  const run = await deployment.submit(three(2), { rounds: { minimum: 0.6, target: 0.6 } });
  await waitFor(() => droppedIn(deployment.server()).length >= 2);
  held.open();
  await deployment.untilEnded(run);
  const dropped = droppedIn(deployment.server());
  expect(dropped.slice(0, 2)).toEqual([["c"], ["c"]]);
  expect((await deployment.numbers(run)).state).toBe("done");
});

test("a run waits for a client that joins late", async () => {
  deployment.startSilo("a");
  deployment.startSilo("b");
  const run = await deployment.submit(three(1));
  await waitFor(() => {
    const accepted = deployment.server().events.filter(({ kind }) => kind === "accepted");
    return accepted.length === 2;
  });
  expect((await deployment.server().record.run(run))!.state).toBe("waiting");
  deployment.startSilo("c");
  await deployment.untilEnded(run);
  expect((await deployment.numbers(run)).state).toBe("done");
});

/** Threads whose parties cannot answer some of their requests, counted from 1. */
function failingAt(isMeant: (request: number) => boolean): IdlePools["open"] {
  let requests = 0;
  return (numThreads, engine) => {
    const pool = threads.open(numThreads, engine);
    const open: typeof pool.open = async (...given) => {
      const party = await pool.open(...given);
      const request = (bytes: Uint8Array) => {
        if (isMeant(++requests))
          throw new AtollError("TRAINING_DIVERGED", "client c: its 17 rows are too few");
        return party.request(bytes);
      };
      return { ...party, request };
    };
    return { ...pool, open };
  };
}

test("a client that fails ends a run that needs it, with its code; the others forget the run", async () => {
  deployment.startSilo("a");
  deployment.startSilo("b");
  deployment.startSilo("c", { openPool: failingAt((request) => request === 3) });
  const run = await deployment.submit(three(2));
  await deployment.untilForgotten(run);
  const { state, reason } = await deployment.numbers(run);
  expect(state).toBe("failed");
  expect(reason).toMatch(/^\[ROUND_LOST\] client "c" cannot answer \(TRAINING_DIVERGED: /);
  expect(reason).not.toContain("17 rows");
});

test("rounds that may go on without a client that fails do, and ask it once each", async () => {
  deployment.startSilo("a");
  deployment.startSilo("b");
  const failing = deployment.startSilo("c", {
    openPool: failingAt((request) => request === 3 || request === 4),
  });
  const run = await deployment.submit(three(3), { rounds: { minimum: 0.6 } });
  await deployment.untilForgotten(run);
  expect((await deployment.numbers(run)).state).toBe("done");
  expect(droppedIn(deployment.server())).toEqual([["c"], ["c"], [], []]);
  expect(failing.events.filter(({ kind }) => kind === "failed")).toHaveLength(2);
});

test("cancelling in mid-round ends the run everywhere, at once, and nothing else", async () => {
  const held = gate();
  for (const client of clients)
    deployment.startSilo(client, {
      onTransition: (step) => (step === "state-written" ? held.opened : undefined),
    });
  const run = await deployment.submit(three(2));
  const { coordinator, record } = deployment.server();
  await waitFor(() => deployment.server().events.some(({ kind }) => kind === "round-start"));
  await coordinator.cancel(run);
  held.open();
  await deployment.untilForgotten(run);
  expect(await deployment.numbers(run)).toMatchObject({ state: "cancelled", isAuditSound: true });
  expect(await record.tasksOf("a")).toEqual([]);
  await expect(coordinator.cancel(run)).resolves.toBeUndefined();
  const next = await deployment.submit(three(1));
  await deployment.untilEnded(next);
  expect((await deployment.numbers(next)).state).toBe("done");
  await expect(coordinator.cancel(next)).rejects.toMatchObject({ code: "RUN_ENDED" });
});

test("runs that are cancelled at any of their transitions never bring the server down", async () => {
  for (const client of clients) deployment.startSilo(client);
  const pending: Promise<void>[] = [];
  let left = 0;
  let run: string | undefined;
  let atEnd: string | undefined;
  const server = await deployment.startServer({
    onTransition: (name) => {
      if (atEnd !== undefined && name === "finishCell")
        pending.push(server.coordinator.cancel(atEnd));
      if (run === undefined || --left !== 0) return;
      pending.push(server.coordinator.cancel(run));
    },
  });
  for (const at of [1, 2, 4, 6, 7, 9, 12]) {
    run = undefined;
    const submitted = await deployment.submit(three(1));
    left = at;
    run = submitted;
    await deployment.untilEnded(run);
    const { state } = await deployment.numbers(run);
    expect(state).toBe("cancelled");
  }
  await Promise.all(pending);
  // Where the last word is said in the same instant, either one counts.
  run = undefined;
  left = 0;
  atEnd = await deployment.submit(three(1));
  await deployment.untilEnded(atEnd);
  await Promise.allSettled(pending);
  expect((await deployment.numbers(atEnd)).state).toMatch(/^(cancelled|done)$/);
  atEnd = undefined;
  const last = await deployment.submit(three(1));
  await deployment.untilEnded(last);
  expect((await deployment.numbers(last)).state).toBe("done");
  expect(server.errors).toEqual([]);
});

test("two runs at once share clients and come to the numbers that each has alone", async () => {
  for (const client of ["a", "b"]) deployment.startSilo(client);
  const alone = await deployment.submit(tinyExperiment());
  await deployment.untilForgotten(alone);
  const both = [
    await deployment.submit(tinyExperiment()),
    await deployment.submit(tinyExperiment()),
  ];
  for (const run of both) await deployment.untilForgotten(run);
  const expected = await deployment.numbers(alone);
  for (const run of both) expect(await deployment.numbers(run)).toEqual(expected);
});

interface Account {
  readonly charges: readonly { readonly spentAfter: { readonly epsilon: number } }[];
}

test("two runs at once share one budget on each client, and never pass it together", async () => {
  const noisy = (name: string, cap: number) => {
    const { privacy, ...rest } = privateExperiment("local");
    const ledger = "../budget.sqlite";
    return experimentSchema.parse({ ...rest, name, privacy: { ...privacy, ledger, cap } });
  };
  for (const client of ["a", "b"]) deployment.startSilo(client);
  const both = [
    await deployment.submit(noisy("one", 4), { clients: ["a", "b"] }),
    await deployment.submit(noisy("two", 4), { clients: ["a", "b"] }),
  ];
  for (const run of both) await deployment.untilForgotten(run);
  const spent: (readonly [client: string, epsilon: number])[] = [];
  for (const run of both) {
    const { state, accounts } = await deployment.numbers(run);
    expect(state).toBe("done");
    for (const text of accounts) {
      const { client, account } = JSON.parse(text) as { client: string; account: string };
      const said = JSON.parse(account) as Account | null;
      for (const { spentAfter } of said?.charges ?? []) spent.push([client, spentAfter.epsilon]);
    }
  }
  // Alone, each would release twice; one release takes 2.17, two 3.19, a third one would pass 4.
  expect(spent.toSorted(([a, x], [c, y]) => a.localeCompare(c) || x - y)).toEqual(
    ["a", "b"].flatMap((client) => [
      [client, expect.closeTo(2.166, 3)],
      [client, expect.closeTo(3.189, 3)],
    ]),
  );
});

test("a server that stops in order goes on later, to the same numbers", async () => {
  for (const client of clients) deployment.startSilo(client);
  const whole = await deployment.submit(three(2));
  await deployment.untilForgotten(whole);
  const expected = await deployment.numbers(whole);
  const run = await deployment.submit(three(2));
  for (const rounds of [2, 4]) {
    const { events } = await deployment.startServer({ checkpointSeconds: 1000 });
    await waitFor(() => events.filter(({ kind }) => kind === "round-end").length >= rounds);
  }
  await deployment.startServer();
  await deployment.untilForgotten(run);
  expect(await deployment.numbers(run)).toEqual(expected);
});
