import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AtollError } from "@atoll/core/errors";
import { adminClientOf, createAdminClient } from "./admin-client.ts";
import { announceAdmin, keptAdminToken, readAdminAccess } from "./admin-files.ts";
import { startAdminServer } from "./admin-server.ts";
import { fakeAdministration, RUN } from "./administration.fixture.ts";
import { silentLog } from "./logs.ts";
import { createMetrics } from "./metrics.ts";

const TOKEN = "t".repeat(43);
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "atoll-admin-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function started(token: string) {
  return startAdminServer({
    administration: fakeAdministration(),
    token,
    metrics: createMetrics({ ofProcess: false }),
    readiness: [],
    log: silentLog,
    port: 0,
  });
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

describe("the files of a server's folder", () => {
  test("a token is made once, for its owner alone", () => {
    const token = keptAdminToken(directory, randomBytes);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(keptAdminToken(directory, randomBytes)).toBe(token);
    expect(statSync(join(directory, "admin-token")).mode & 0o777).toBe(0o600);
  });

  test.each([
    ["others may have read it", (path: string) => chmodSync(path, 0o640)],
    ["holds no token", (path: string) => writeFileSync(path, "short\n")],
  ])("a token is not used where %s", (words, spoil) => {
    const token = keptAdminToken(directory, randomBytes);
    spoil(join(directory, "admin-token"));
    let message = "";
    try {
      keptAdminToken(directory, randomBytes);
    } catch (error) {
      expect(error).toMatchObject({ code: "ADMIN_TOKEN" });
      ({ message } = error as Error);
    }
    expect(message).toContain(words);
    expect(message).not.toContain(token);
  });

  test("commands find the server that runs in a folder, and say where none does", async () => {
    expect(() => readAdminAccess(directory)).toThrow(/atoll server run/);
    expect(() => readAdminAccess(join(directory, "elsewhere"))).toThrow(/no server runs in/);
    const token = keptAdminToken(directory, randomBytes);
    const server = await started(token);
    const { address } = server;
    expect(() => readAdminAccess(directory)).toThrow(/no server runs in/);
    const unsay = announceAdmin(directory, address);
    expect(await adminClientOf(directory).runs()).toEqual([RUN]);
    expect(await adminClientOf(directory, { address }).runs()).toEqual([RUN]);
    unsay();
    expect(() => adminClientOf(directory)).toThrow(/no server runs in/);
    await server.close();
  });
});

describe("a server that is not there", () => {
  const others: Server[] = [];
  afterEach(() => {
    for (const other of others.splice(0)) {
      other.closeAllConnections();
      other.close();
    }
  });

  async function other(answer: RequestListener): Promise<string> {
    const listening = createServer(answer);
    others.push(listening);
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  }

  test("is said to be down, with what to do, and without the token", async () => {
    const { address, close } = await started(TOKEN);
    await close();
    const client = createAdminClient({ address, token: TOKEN });
    const { code, message } = await failureOf(client.runs());
    expect(code).toBe("SERVER_DOWN");
    expect(message).toBe(
      `nobody answers at ${address} (ECONNREFUSED); is \`atoll server run\` running, with this --admin-port?`,
    );
    expect(message).not.toContain(TOKEN);
  });

  test("is told from another program, and from one that is silent", async () => {
    const page = await other((_request, response) => response.end("<html>hello</html>"));
    const json = await other((_request, response) => response.end('{"state":"fine"}'));
    const broken = await other((_request, response) => {
      response.statusCode = 502;
      response.end("bad gateway");
    });
    for (const address of [page, json, broken])
      expect(await failureOf(createAdminClient({ address, token: TOKEN }).runs())).toMatchObject({
        code: "SERVER_DOWN",
        message: expect.stringContaining("no server of Atoll") as string,
      });
    const silent = await other(() => {});
    const impatient = createAdminClient({ address: silent, token: TOKEN, limitMs: 50 });
    expect(await failureOf(impatient.runs())).toMatchObject({
      code: "SERVER_DOWN",
      message: `the server at ${silent} did not answer within 0.05 s; look at its log, and whether its machine is busy`,
    });
  });

  test("a code that this software does not know is kept in words", async () => {
    const newer = await other((_request, response) => {
      response.statusCode = 422;
      response.end('{"code":"FROM_THE_FUTURE","message":"too old","more":1}');
    });
    expect(
      await failureOf(createAdminClient({ address: newer, token: TOKEN }).runs()),
    ).toMatchObject({ code: "SERVER_REFUSED", message: "[FROM_THE_FUTURE] too old" });
  });
});
