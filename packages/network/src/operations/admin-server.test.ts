import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { AtollError, AtollErrors } from "@atoll/core/errors";
import { createAdminClient } from "./admin-client.ts";
import { type AdminServer, isLoopback, startAdminServer } from "./admin-server.ts";
import type { Administration } from "./administration.ts";
import { DETAIL, fakeAdministration, INVITED, RESULTS, RUN } from "./administration.fixture.ts";
import type { Check } from "./check.ts";
import { createLog } from "./logs.ts";
import { createMetrics } from "./metrics.ts";

let server: AdminServer | undefined;
let lines: string[];
const TOKEN = "t".repeat(43);

beforeEach(() => {
  lines = [];
});
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function started(
  replaced: Partial<Administration> = {},
  options: { readonly readiness?: readonly Check[]; readonly token?: string } = {},
) {
  const administration = fakeAdministration(replaced);
  server = await startAdminServer({
    administration,
    token: TOKEN,
    metrics: createMetrics({ ofProcess: false }),
    readiness: [],
    log: createLog({ write: (line) => lines.push(line), level: "info" }),
    port: 0,
    ...options,
  });
  const { address } = server;
  return { administration, address, client: createAdminClient({ address, token: TOKEN }) };
}

/** What a call fails with. */
async function failureOf(call: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AtollError);
  return error as AtollError;
}

async function posted(address: string, path: string, body: string) {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const response = await fetch(new URL(path, address), { method: "POST", headers, body });
  return { status: response.status, json: (await response.json()) as Record<string, string> };
}

describe("operators and the server", () => {
  test("runs, one run, its lines page by page", async () => {
    const { client } = await started();
    expect(await client.runs()).toEqual([RUN]);
    expect(await client.run("r1")).toEqual(DETAIL);
    expect(await client.results("r1")).toEqual(RESULTS);
    const page = await client.lines("r1", { from: 3, most: 1 });
    expect(page).toEqual({
      lines: [{ cell: { run: "r1", seed: 1, method: "fedavg" }, line: '{"round":3}' }],
      next: 4,
      isLast: false,
    });
    expect((await client.lines("r1")).next).toBe(5);
    for (const call of [
      client.run("r 9/?"),
      client.results("r 9/?"),
      client.lines("r 9/?"),
      client.cancel("r 9/?"),
    ])
      expect(await failureOf(call)).toMatchObject({
        code: "RUN_UNKNOWN",
        message: expect.stringContaining('"r 9/?"') as string,
      });
  });

  test("a run is submitted and cancelled; rounds get their defaults", async () => {
    const { client, administration } = await started();
    const experiment = { name: "a", deep: [{ x: 1 }] };
    expect(await client.submit({ experiment })).toEqual({ id: "r2", leftOut: ["centralised"] });
    const rounds = { deadlineSeconds: 60, minimum: 0.5 };
    await client.submit({ experiment, clients: ["de", "fr"], rounds });
    await client.cancel("r1");
    expect(administration.calls).toEqual([
      ["submit", { experiment, rounds: { deadlineSeconds: null, minimum: 1, target: 1 } }],
      [
        "submit",
        {
          experiment,
          clients: ["de", "fr"],
          rounds: { deadlineSeconds: 60, minimum: 0.5, target: 1 },
        },
      ],
      ["cancel", "r1"],
    ]);
  });

  test("clients are listed, invited and revoked, whatever their names", async () => {
    const { client, administration } = await started();
    expect(await client.clients()).toMatchObject([{ name: "de", software: "atoll 0.1.0" }]);
    expect(await client.invite({ client: "de" })).toEqual(INVITED);
    for (const name of ["de", "a/b", "50%", "%2F", "naïve café", "..x", "?x#y"])
      await client.revoke(name);
    expect(administration.calls.slice(1)).toEqual(
      ["de", "a/b", "50%", "%2F", "naïve café", "..x", "?x#y"].map((name) => ["revoke", name]),
    );
    expect(await failureOf(client.revoke("nobody"))).toMatchObject({ code: "CLIENT_UNKNOWN" });
    expect(lines.join("")).not.toContain(INVITED.invitation);
  });

  test("the audit log comes page by page", async () => {
    const { client } = await started();
    expect((await client.audit({ from: 1, most: 1 })).map(({ number }) => number)).toEqual([1]);
    expect((await client.audit()).map(({ number }) => number)).toEqual([0, 1, 2]);
  });

  test("an answer holds nothing that is not promised", async () => {
    const leaky = { ...RUN, experiment: "hush", jobs: "hush" };
    const { address } = await started({ runs: async () => [leaky] });
    const headers = { authorization: `Bearer ${TOKEN}` };
    const text = await (await fetch(new URL("/runs", address), { headers })).text();
    expect(JSON.parse(text)).toEqual([RUN]);
  });
});

describe("refusals", () => {
  test.each([
    ["/runs", "{}", "experiment:"],
    ["/runs", '{"experiment":{},"round":1}', "round"],
    ["/runs", '{"experiment":{},"clients":[]}', "clients:"],
    ["/runs", '{"experiment":{},"rounds":{"minimum":2}}', "rounds.minimum:"],
    ["/runs", "no JSON", "no JSON"],
    ["/invitations", '{"client":""}', "client:"],
    ["/invitations", '{"client":"de","validForMs":1}', "validForMs:"],
  ])("POST %s with %j is answered with 400 and says what is wrong", async (path, body, words) => {
    const { address, administration } = await started();
    const { status, json } = await posted(address, path, body);
    expect([status, json["code"]]).toEqual([400, "ADMIN_REQUEST"]);
    expect(json["message"]).toContain(words);
    expect(administration.calls).toEqual([]);
  });

  test("a body that is too large is refused, also where it does not say its length", async () => {
    const { address } = await started();
    const { status, json } = await posted(address, "/runs", "x".repeat(17 * 2 ** 20));
    expect([status, json["code"]]).toEqual([400, "ADMIN_REQUEST"]);
    let left = 17;
    const body = new ReadableStream({
      pull: (stream) => (left-- > 0 ? stream.enqueue(Buffer.alloc(2 ** 20, "x")) : stream.close()),
    });
    const headers = { authorization: `Bearer ${TOKEN}` };
    const init = { method: "POST", headers, body, duplex: "half" };
    const response = await fetch(new URL("/runs", address), init);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { message: string }).message).toContain("16 MiB");
  });

  test("each keeps its code and has a status that fits", async () => {
    const failures: readonly (readonly [Error, number, string])[] = [
      [new AtollError("RUN_UNKNOWN", "no such run"), 404, "RUN_UNKNOWN"],
      [new AtollError("DISK_FULL", "no space"), 507, "DISK_FULL"],
      [new AtollError("SERVER_BUSY", "later"), 503, "SERVER_BUSY"],
      [new AtollError("CLIENT_UNKNOWN", "not enrolled: fr"), 422, "CLIENT_UNKNOWN"],
      [z.number().safeParse("x").error!, 422, "ADMIN_REQUEST"],
    ];
    for (const [failure, status, code] of failures) {
      const { address } = await started({ submit: () => Promise.reject(failure) });
      const answer = await posted(address, "/runs", '{"experiment":{}}');
      expect([answer.status, answer.json["code"]]).toEqual([status, code]);
      await server!.close();
    }
  });

  test("many problems come as many", async () => {
    const both = new AtollErrors([
      new AtollError("DATA_EMPTY_FILE", "a.csv has no rows"),
      new AtollError("EXPERIMENT_INVALID", "model is missing"),
    ]);
    const { client } = await started({ submit: () => Promise.reject(both) });
    const error: unknown = await client
      .submit({ experiment: {} })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AtollErrors);
    expect((error as AtollErrors).message).toBe(both.message);
  });

  test("what nobody expected is told to the log, and to the operator only that", async () => {
    const { client } = await started({
      runs: () => Promise.reject(new Error("password is hush7")),
    });
    const { code, message } = await failureOf(client.runs());
    expect([code, message]).toEqual([
      "SERVER_ERROR",
      "the server failed; its log says why, look for admin.failed",
    ]);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      {
        level: "error",
        event: "admin.failed",
        path: "/runs",
        error: { message: "password is hush7" },
      },
    ]);
  });

  test("an unknown path is 404", async () => {
    const { address } = await started();
    expect(await posted(address, "/elsewhere", "{}")).toMatchObject({
      status: 404,
      json: { code: "ADMIN_REQUEST" },
    });
  });
});

describe("who may", () => {
  const paths: readonly (readonly [string, string])[] = [
    ["GET", "/runs"],
    ["GET", "/runs/r1"],
    ["GET", "/runs/r1/lines"],
    ["POST", "/runs"],
    ["POST", "/runs/r1/cancel"],
    ["GET", "/clients"],
    ["POST", "/clients/de/revoke"],
    ["POST", "/invitations"],
    ["GET", "/audit"],
    ["GET", "/elsewhere"],
  ];

  test.each(paths)("%s %s needs the token", async (method, path) => {
    const { address, administration } = await started();
    const wrong = [
      "",
      "Bearer ",
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(1)}`,
      TOKEN,
      "Basic eA==",
    ];
    for (const authorization of wrong) {
      const response = await fetch(new URL(path, address), { method, headers: { authorization } });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ code: "ADMIN_DENIED" });
    }
    expect((await fetch(new URL(path, address), { method })).status).toBe(401);
    expect(administration.calls).toEqual([]);
  });

  test("health and metrics need none, but tell strangers no findings", async () => {
    const readiness: Check[] = [
      { name: "record", run: async () => ({ ok: true, finding: "answers" }) },
      { name: "disk", run: () => Promise.reject(new Error("/srv/atoll is full")) },
    ];
    const { address, client } = await started({}, { readiness });
    expect(await (await fetch(new URL("/health/live", address))).json()).toEqual({ isLive: true });
    const ready = await fetch(new URL("/health/ready", address));
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({
      isReady: false,
      checks: [
        { name: "record", ok: true },
        { name: "disk", ok: false },
      ],
    });
    expect(await client.ready()).toEqual({
      isReady: false,
      checks: [
        { name: "record", ok: true, finding: "answers" },
        { name: "disk", ok: false, finding: "/srv/atoll is full" },
      ],
    });
    const metrics = await fetch(new URL("/metrics", address));
    expect(metrics.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await metrics.text()).toContain('atoll_runs{state="running"} 0');
  });

  test("a server whose checks are well is ready", async () => {
    const readiness = [{ name: "record", run: async () => ({ ok: true, finding: "answers" }) }];
    const { address } = await started({}, { readiness });
    expect((await fetch(new URL("/health/ready", address))).status).toBe(200);
  });
});

describe("where it listens", () => {
  test("only on this machine, unless told so", async () => {
    const options = {
      administration: fakeAdministration(),
      token: TOKEN,
      metrics: createMetrics({ ofProcess: false }),
      readiness: [],
      log: createLog({ write: () => {}, level: "error" }),
      port: 0,
    };
    for (const host of ["0.0.0.0", "::", "192.0.2.1", "atoll.example"])
      expect(await failureOf(startAdminServer({ ...options, host }))).toMatchObject({
        code: "ADMIN_BIND",
      });
    server = await startAdminServer({ ...options, host: "0.0.0.0", allowRemote: true });
    expect(server.port).toBeGreaterThan(0);
    const taken = startAdminServer({ ...options, port: server.port });
    expect(await failureOf(taken)).toMatchObject({
      code: "ADMIN_PORT",
      message: expect.stringContaining("EADDRINUSE") as string,
    });
  });

  test("addresses of this machine alone", () => {
    const known = ["127.0.0.1", "127.8.9.1", "::1", "localhost"];
    expect(known.filter((host) => !isLoopback(host))).toEqual([]);
    const others = ["0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "localhost.example", ""];
    expect(others.filter(isLoopback)).toEqual([]);
  });
});
