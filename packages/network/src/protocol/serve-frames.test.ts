import { AtollError } from "@atoll/core/errors";
import { describe, expect, test } from "vitest";
import type { OperationHandlers } from "./calls.ts";
import {
  ask,
  CELL,
  deFrame,
  HASH,
  hello,
  helloFrame,
  newKey,
  poll,
  requestFrame,
  serverForTest,
} from "./protocol.fixture.ts";
import type { RequestHeader } from "./signed.ts";

describe("calls that are answered", () => {
  test("hello opens a session whose version and time are the server's, and tells the handler", async () => {
    const seen: unknown[] = [];
    const server = serverForTest({
      hello: async (params, { client }) => {
        seen.push([client, params.software]);
        return { version: 9, session: "no matter", serverTimeMs: 0 };
      },
    });
    const { reply } = await ask(server, await helloFrame(server));
    expect(reply).toMatchObject({ version: 1, serverTimeMs: 1_700_000_000_000 });
    expect(reply!["session"]).not.toBe("no matter");
    expect(seen).toEqual([["de", "test"]]);
  });

  test("bytes go both ways, with who calls and by which key", async () => {
    const put: OperationHandlers["put"] = async ({ sha256, sizeBytes, offset }, context) => {
      expect(context.client).toBe("de");
      return { sha256, sizeBytes, receivedBytes: offset + context.body.length, isWhole: false };
    };
    const fetch: OperationHandlers["fetch"] = async ({ offset, length }, { publicKey }) => ({
      reply: { sizeBytes: publicKey.length },
      body: new Uint8Array(length).fill(offset),
    });
    const server = serverForTest({ put, fetch });
    const session = await hello(server);
    const params = { sha256: HASH, sizeBytes: 100_000, offset: 20 };
    const large = new Uint8Array(70_000).fill(3);
    const sent = await ask(server, await deFrame(server, { op: "put", session, params }, large));
    expect(sent.reply).toMatchObject({ receivedBytes: 70_020 });
    const fetched = await ask(
      server,
      await deFrame(server, {
        op: "fetch",
        session,
        params: { sha256: HASH, offset: 7, length: 3 },
      }),
    );
    expect(fetched.body).toEqual(Uint8Array.of(7, 7, 7));
    expect(fetched.reply).toEqual({ sizeBytes: server.deKey.publicKey.length });
  });

  test("whoever has no name may join, over and over, without a session", async () => {
    const server = serverForTest();
    const key = newKey();
    const params = { token: "t", request: "r" };
    const frame = await requestFrame(key, { op: "join", client: null, params });
    for (const caller of [undefined, "de"])
      expect((await ask(server, frame, { caller })).reply).toMatchObject({ client: "de" });
  });

  test("calls of one session are answered side by side", async () => {
    let waiting = 0;
    const all = Promise.withResolvers<void>();
    const server = serverForTest({
      poll: async () => {
        if (++waiting === 3) all.resolve();
        await all.promise;
        return { orders: [] };
      },
    });
    const session = await hello(server);
    const frames = await Promise.all(
      [1, 2, 3].map(() => deFrame(server, { session, params: poll })),
    );
    const answers = await Promise.all(frames.map((frame) => ask(server, frame)));
    expect(answers.map(({ status }) => status)).toEqual(["ok", "ok", "ok"]);
  });
});

describe("versions", () => {
  test("a hello in a version that is not known names both sides' versions and whom to upgrade", async () => {
    const server = serverForTest();
    const params = { versions: [3, 2], software: "later" };
    const { code, message } = await ask(server, await helloFrame(server, { v: 2, params }));
    expect(code).toBe("VERSION_UNSUPPORTED");
    expect(message).toBe(
      "the client speaks versions 2, 3 of the protocol, the server version 1; upgrade the server",
    );
  });

  test("a newer server refuses an older client with the sentence, and opens no session", async () => {
    const server = serverForTest({}, { versions: [3, 2] });
    const { code, message } = await ask(server, await helloFrame(server));
    expect(code).toBe("VERSION_UNSUPPORTED");
    expect(message).toContain("upgrade the client");
  });

  test("a server of several versions takes the best that both speak", async () => {
    const server = serverForTest({}, { versions: [3, 2, 1] });
    const params = { versions: [2, 1], software: "test" };
    expect((await ask(server, await helloFrame(server, { params }))).reply).toMatchObject({
      version: 2,
    });
  });
});

describe("what is asked, and what is answered", () => {
  test.each<[string, Partial<RequestHeader>, string]>([
    ["an unknown operation", { op: "drop" }, "there is no operation"],
    ["a name from the prototype", { op: "toString" }, "there is no operation"],
    ["a missing parameter", { op: "poll", params: { waitMs: 1 } }, "busy"],
    ["one too many", { op: "poll", params: { ...poll, also: 1 } }, "also"],
    ["one out of range", { op: "poll", params: { ...poll, waitMs: 60_001 } }, "waitMs"],
    [
      "a fetch of more than a chunk",
      { op: "fetch", params: { sha256: HASH, offset: 0, length: 2 ** 20 + 1 } },
      "length",
    ],
  ])("%s is CALL_INVALID", async (_, header, word) => {
    const server = serverForTest();
    const session = await hello(server);
    const { code, message } = await ask(server, await deFrame(server, { session, ...header }));
    expect(code).toBe("CALL_INVALID");
    expect(message).toContain(word);
  });

  test("what a handler refuses is told with its code, and is no error of the server", async () => {
    const server = serverForTest({
      answer: async () => {
        throw new AtollError("RUN_DIVERGED", "another request");
      },
    });
    const session = await hello(server);
    const params = { cell: CELL, seq: 1, request: HASH, answer: { sha256: HASH, sizeBytes: 1 } };
    const answer = await ask(server, await deFrame(server, { op: "answer", session, params }));
    expect(answer).toMatchObject({ code: "RUN_DIVERGED", message: "another request" });
    expect(server.errors).toEqual([]);
    expect(server.refused).toMatchObject([{ client: "de", op: "answer", code: "RUN_DIVERGED" }]);
  });

  test.each<[string, OperationHandlers["poll"]]>([
    ["throws", () => Promise.reject(new Error("password of the database: hunter2"))],
    [
      "throws at once",
      () => {
        throw new TypeError("hunter2");
      },
    ],
    ["answers what it did not promise", async () => ({ orders: [{ kind: "hunter2" }] }) as never],
    [
      "answers more than a frame holds",
      async () => ({
        orders: Array.from({ length: 1000 }, () => ({
          kind: "job" as const,
          run: "hunter2".repeat(28),
          job: { sha256: HASH, sizeBytes: 1 },
        })),
      }),
    ],
  ])("a handler that %s is SERVER_ERROR without details", async (_, handler) => {
    const server = serverForTest({ poll: handler });
    const session = await hello(server);
    const { code, message } = await ask(server, await deFrame(server, { session, params: poll }));
    expect(code).toBe("SERVER_ERROR");
    expect(message).not.toContain("hunter2");
    expect(server.errors).toHaveLength(1);
  });

  test("a server whose disk is full is busy: the client comes again, and no path is told", async () => {
    const full = new AtollError("DISK_FULL", "/var/lib/somewhere has no space left");
    const server = serverForTest({ poll: () => Promise.reject(full) });
    const session = await hello(server);
    const { code, message } = await ask(server, await deFrame(server, { session, params: poll }));
    expect(code).toBe("SERVER_BUSY");
    expect(message).not.toContain("/var/lib");
    expect(server.errors).toEqual([full]);
  });

  test("a call that its carrier gives up ends, and is no error", async () => {
    const server = serverForTest({ poll: () => new Promise(() => {}) });
    const session = await hello(server);
    const gone = new AbortController();
    const frame = await deFrame(server, { session, params: poll });
    const answer = ask(server, frame, { during: gone.signal });
    gone.abort();
    expect((await answer).code).toBe("SERVER_BUSY");
    expect(server.errors).toEqual([]);
  });

  test("bytes that are no frame are answered without a nonce", async () => {
    const server = serverForTest();
    const { code, nonce } = await ask(server, Uint8Array.of(1, 2, 3));
    expect({ code, nonce }).toEqual({ code: "FRAME_MALFORMED", nonce: "" });
  });

  test.each([
    ["a nonce that is no UUID", { nonce: "1" }],
    ["a time that no date names", { sentAtMs: 8.65e15 }],
    ["a member that is not known", { also: 1 }],
    ["a version that is no number", { v: "1" }],
  ])("a header with %s is FRAME_MALFORMED", async (_, header) => {
    const server = serverForTest();
    const frame = await helloFrame(server, header as Partial<RequestHeader>);
    expect((await ask(server, frame)).code).toBe("FRAME_MALFORMED");
  });

  test("an identity that cannot be looked up is the server's error, and nobody is let in", async () => {
    const server = serverForTest({}, { identify: () => Promise.reject(new Error("no database")) });
    expect((await ask(server, await helloFrame(server))).code).toBe("SERVER_ERROR");
    expect(server.errors).toHaveLength(1);
  });
});
