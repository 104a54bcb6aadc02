import { readdir, stat } from "node:fs/promises";
import { AtollError } from "@atoll/core/errors";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runPaths } from "./run-paths.ts";
import type { CellKey, Order, ParamsOf } from "../protocol/index.ts";
import { fakeServer, type FakeServer, type Said } from "./coordinator.fixture.ts";
import {
  jobOf,
  siloBench,
  tinyExperiment,
  type RunningSilo,
  type SiloBench,
} from "./silos.fixture.ts";

let bench: SiloBench;
beforeAll(async () => {
  bench = await siloBench();
});
afterAll(() => bench.close());

const experiment = tinyExperiment({ data: { kind: "synthetic", markets: { a: { rows: 300 } } } });
const cell: CellKey = { run: "run-1", seed: 1, method: "fedavg" };

/** Puts an order on the desk, and gives what the silo says to it. */
async function said(server: FakeServer, order: Order, op: Said["op"]): Promise<Said["params"]> {
  const from = server.said.length;
  server.order("a", order);
  return (await server.heard((one) => one.op === op, from)).params;
}

interface Asked {
  readonly server: FakeServer;
  readonly folder: string;
  readonly silo: RunningSilo;
  /** The requests of the cell, as they were made. */
  readonly requests: Extract<Order, { readonly kind: "request" }>[];
}

/** A silo whose cell has run to its end. */
async function afterRun(given = experiment): Promise<Asked> {
  const server = fakeServer();
  const folder = await bench.newFolder();
  const silo = bench.start(server, "a", { folder });
  const job = server.putJob(jobOf(given, { client: "a" }));
  await said(server, { kind: "job", run: "run-1", job }, "accept");
  const requests: Asked["requests"] = [];
  const exchange = server.exchangeOf(cell);
  await bench.drive(given, cell, async (round) => {
    for (const bytes of round.requests.values())
      requests.push({
        kind: "request",
        cell,
        seq: requests.length + 1,
        request: server.put(bytes),
      });
    await exchange(round);
  });
  return { server, folder, silo, requests };
}

describe("orders that come again", () => {
  let asked: Asked;
  beforeAll(async () => {
    asked = await afterRun();
  });

  test("the last request is answered again by the answer that was kept, and nothing is computed", async () => {
    const { server, silo, requests } = asked;
    const last = requests.at(-1)!;
    const first = server.said.findLast(({ op }) => op === "answer")!.params;
    const before = silo.events.filter(({ kind }) => kind === "request-start").length;
    expect(await said(server, last, "answer")).toEqual(first);
    expect(silo.events.filter(({ kind }) => kind === "request-start")).toHaveLength(before);
  });

  test("the last number with another request is refused", async () => {
    const { server, requests } = asked;
    const last = requests.at(-1)!;
    const { code } = await said(server, { ...last, request: requests[0]!.request }, "fail");
    expect(code).toBe("RUN_DIVERGED");
  });

  test("an earlier request is let pass once, and refused when the server insists", async () => {
    const { server, silo, requests } = asked;
    const errorsBefore = silo.events.filter(({ kind }) => kind === "error").length;
    const { code, reason } = await said(server, requests[0]!, "fail");
    expect(code).toBe("STATE_AHEAD");
    expect(reason).toMatch(`request 1 is asked for, and this silo has answered ${requests.length}`);
    const errors = silo.events.filter(({ kind }) => kind === "error");
    expect(errors.slice(errorsBefore)).toMatchObject([
      { text: expect.stringMatching("request 1") },
    ]);
  });

  test("a job of the same bytes is accepted again, one of other bytes refused", async () => {
    const { server } = asked;
    const job = server.putJob(jobOf(experiment, { client: "a" }));
    expect(await said(server, { kind: "job", run: "run-1", job }, "accept")).toEqual({
      run: "run-1",
      job: job.sha256,
    });
    const other = server.putJob({ ...jobOf(experiment, { client: "a" }), name: "other" });
    const order = { kind: "job", run: "run-1", job: other } as const;
    expect(await said(server, order, "refuse")).toMatchObject({ code: "RUN_DIVERGED" });
  });

  test("a request of a run that never came is refused", async () => {
    const { server, requests } = asked;
    const order = { ...requests[0]!, cell: { ...cell, run: "run-2" } };
    expect(await said(server, order, "fail")).toMatchObject({ code: "JOB_UNKNOWN" });
  });

  test("closing twice says the same, and after it nothing is answered", async () => {
    const { server, folder, requests } = asked;
    const first = await said(server, { kind: "close", cell }, "closed");
    expect(first).toEqual({ cell });
    expect(await said(server, { kind: "close", cell }, "closed")).toEqual(first);
    const files = await readdir(runPaths(folder, "run-1").path, { recursive: true });
    expect(files.filter((file) => /state\.|answer\.|request\./.test(file))).toEqual([]);
    expect(await said(server, requests.at(-1)!, "fail")).toMatchObject({ code: "STATE_AHEAD" });
  });

  test("forgetting twice is forgetting once; the run is unknown then", async () => {
    const { server, folder } = asked;
    for (let i = 0; i < 2; i++)
      expect(await said(server, { kind: "forget", run: "run-1" }, "forgotten")).toEqual({
        run: "run-1",
      });
    const files = await readdir(runPaths(folder, "run-1").path, { recursive: true });
    expect(files).toEqual(["forgotten.json"]);
    const job = server.putJob(jobOf(experiment, { client: "a" }));
    const order = { kind: "job", run: "run-1", job } as const;
    expect(await said(server, order, "refuse")).toMatchObject({ code: "JOB_UNKNOWN" });
    expect(await said(server, { kind: "close", cell }, "closed")).toEqual({ cell });
  });
});

test("an order that fails while a poll says that it is being worked on is tried again without that poll's end", async () => {
  const server = fakeServer();
  const saysBusy = Promise.withResolvers<void>();
  let isFailing = false;
  const callsOf: FakeServer["callsOf"] = (client) => {
    const { call } = server.callsOf(client);
    return {
      call: async (op, params, options) => {
        if (op === "poll" && (params as ParamsOf<"poll">).busy.length > 0) saysBusy.resolve();
        if (op === "fetch" && isFailing) {
          isFailing = false;
          await saysBusy.promise;
          throw new AtollError("BLOB_MISSING", "not yet");
        }
        return call(op, params, options);
      },
    };
  };
  // Longer than `heard` waits.
  const silo = bench.start({ ...server, callsOf }, "a", {
    folder: await bench.newFolder(),
    waitMs: 60_000,
  });
  const job = server.putJob(jobOf(experiment, { client: "a" }));
  await said(server, { kind: "job", run: "run-1", job }, "accept");
  isFailing = true;
  await bench.drive(experiment, cell, server.exchangeOf(cell));
  expect(silo.events.filter(({ kind }) => kind === "error")).toHaveLength(1);
});

test("the folder is the silo's own, and one process's at a time", async () => {
  const folder = await bench.newFolder();
  const connected = Promise.withResolvers<void>();
  const silo = bench.start(fakeServer(), "a", {
    folder,
    onEvent: ({ kind }) => kind === "connected" && connected.resolve(),
  });
  // Of two that start at once either may come first.
  await connected.promise;
  const other = bench.start(fakeServer(), "a", { folder });
  expect(await other.ended).toMatchObject({ code: "SILO_LOCKED" });
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  await silo.stop();
  const next = bench.start(fakeServer(), "a", { folder });
  await next.stop();
  expect(await next.ended).toBeUndefined();
});

test("stopped while it computes in a thread of its own, it answers after its next start", async () => {
  const server = fakeServer();
  const folder = await bench.newFolder();
  let fetched = () => {};
  const first = bench.start(server, "a", {
    folder,
    openPool: undefined,
    onTransition: (step) => {
      if (step === "request-fetched") fetched();
    },
  });
  const job = server.putJob(jobOf(experiment, { client: "a" }));
  await said(server, { kind: "job", run: "run-1", job }, "accept");
  const driven = bench.drive(experiment, cell, server.exchangeOf(cell));
  await new Promise<void>((resolve) => (fetched = resolve));
  await first.stop();
  expect(await first.ended).toBeUndefined();
  expect(server.said.filter(({ op }) => op === "answer" || op === "fail")).toEqual([]);
  bench.start(server, "a", { folder });
  await driven;
  const expected = await bench.inProcess(experiment, cell);
  expect(server.answers.get("a")).toEqual(expected.get("a"));
});
