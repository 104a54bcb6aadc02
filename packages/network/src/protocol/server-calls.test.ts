import { AtollError } from "@atoll/core/errors";
import { describe, expect, test } from "vitest";
import type { ClientCarrier } from "./carrier.ts";
import { decodeFrame, encodeFrame } from "./frame.ts";
import {
  callsForTest,
  newKey,
  poll,
  serverForTest,
  verifyForTest,
  type ServerForTest,
} from "./protocol.fixture.ts";
import { signFrame } from "./signed.ts";

type Call = ClientCarrier["call"];

const straight =
  ({ serve }: Pick<ServerForTest, "serve">): Call =>
  (frame, signal) =>
    serve({ client: "de" }, frame, signal);

const carrierFailed = () => new AtollError("CARRIER_FAILED", "no answer");
const opOf = (frame: Uint8Array) => decodeFrame(frame).header["op"];

test("the first call says hello; those beside it and after it share the session", async () => {
  const server = serverForTest();
  const ops: unknown[] = [];
  const calls = callsForTest(server, (frame, signal) => {
    ops.push(opOf(frame));
    return straight(server)(frame, signal);
  });
  await Promise.all([calls.call("poll", poll), calls.call("poll", poll)]);
  const { reply, body } = await calls.call("poll", poll);
  expect({ reply, body }).toEqual({ reply: { orders: [] }, body: new Uint8Array() });
  expect(ops).toEqual(["hello", "poll", "poll", "poll"]);
  expect(calls.events).toEqual([{ kind: "session", version: 1, clockAheadMs: 0 }]);
});

test("join needs no session, and its answer is proven by the check that is given", async () => {
  const server = serverForTest();
  const key = newKey();
  const nobody = { client: null, key, serverPublicKey: undefined } as const;
  const join = { token: "t", request: "r" };
  const seen: unknown[] = [];
  const calls = callsForTest(server, straight(server), {
    ...nobody,
    checkAnswer: ({ header, signed, signature }) => {
      seen.push(header.status);
      return verifyForTest(server.key.publicKey, signed, signature);
    },
  });
  expect((await calls.call("join", join)).reply.client).toBe("de");
  expect(seen).toEqual(["ok"]);
  expect(() => callsForTest(server, straight(server), nobody)).toThrow(TypeError);
});

describe("tries", () => {
  test("a call is made until it is answered, each time with another nonce, after pauses that double up to a cap", async () => {
    const server = serverForTest();
    const nonces = new Set<unknown>();
    let failures = 0;
    const calls = callsForTest(server, (frame, signal) => {
      nonces.add(decodeFrame(frame).header["nonce"]);
      if (opOf(frame) === "poll" && failures++ < 10) return Promise.reject(carrierFailed());
      return straight(server)(frame, signal);
    });
    await calls.call("poll", poll);
    // Half of 200 ms, doubled each time, of 30 s at most.
    expect(calls.pauses).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 15_000, 15_000]);
    expect(nonces.size).toBe(12);
    expect(calls.events.filter(({ kind }) => kind === "retry")).toHaveLength(10);
  });

  test("a hello that fails is said again as well", async () => {
    const server = serverForTest();
    let failures = 0;
    const calls = callsForTest(server, (frame, signal) =>
      failures++ < 3 ? Promise.reject(carrierFailed()) : straight(server)(frame, signal),
    );
    await calls.call("poll", poll);
    expect(calls.events.map((event) => ("op" in event ? event.op : event.kind))).toEqual([
      "hello",
      "hello",
      "hello",
      "session",
    ]);
  });

  test.each(["SERVER_ERROR", "SERVER_BUSY"] as const)("%s is tried again", async (code) => {
    let failures = 0;
    const server = serverForTest({
      poll: async () => {
        if (failures++ < 2)
          throw code === "SERVER_ERROR" ? new Error("inside") : new AtollError(code, "later");
        return { orders: [] };
      },
    });
    const calls = callsForTest(server, straight(server));
    await calls.call("poll", poll);
    expect(calls.pauses).toEqual([100, 200]);
    expect(calls.events).toContainEqual(expect.objectContaining({ kind: "retry", code }));
  });

  test("a server that was started anew is greeted anew, at once", async () => {
    const server = serverForTest();
    let { serve } = server;
    const calls = callsForTest(server, (frame, signal) => straight({ serve })(frame, signal));
    await calls.call("poll", poll);
    serve = server.restart();
    await Promise.all([calls.call("poll", poll), calls.call("poll", poll)]);
    expect(calls.pauses).toEqual([]);
    expect(calls.events.filter(({ kind }) => kind === "session")).toHaveLength(2);
  });

  test("where a carrier says everything twice and brings the wrong answer first, the call is made again", async () => {
    const server = serverForTest();
    let numPolls = 0;
    const calls = callsForTest(server, async (frame, signal) => {
      const first = await straight(server)(frame, signal);
      const second = await straight(server)(frame, signal);
      return opOf(frame) === "poll" && numPolls++ === 0 ? second : first;
    });
    expect((await calls.call("poll", poll)).reply.orders).toEqual([]);
    expect(calls.events).toContainEqual(expect.objectContaining({ code: "REPLAYED" }));
    expect(server.refused.map(({ code }) => code)).toEqual(["REPLAYED", "REPLAYED", "REPLAYED"]);
  });

  test("a request that is damaged on its way is sent again", async () => {
    const server = serverForTest();
    let numCalls = 0;
    const calls = callsForTest(server, (frame, signal) => {
      const damaged = frame.slice();
      const at = [frame.length - 1, 2, 100, 5][numCalls++];
      if (at !== undefined) damaged[at]! ^= 4;
      return straight(server)(damaged, signal);
    });
    expect((await calls.call("poll", poll)).reply.orders).toEqual([]);
    expect(calls.pauses.length).toBe(4);
  });

  test("what does not answer in time is given up and tried again", async () => {
    const server = serverForTest();
    const deadlines: number[] = [];
    let numCalls = 0;
    const calls = callsForTest(
      server,
      (frame, signal) =>
        opOf(frame) === "poll" && numCalls++ === 0
          ? new Promise(() => {})
          : straight(server)(frame, signal),
      {
        limits: { tryMs: 50 },
        deadline: (ms) => {
          deadlines.push(ms);
          return AbortSignal.timeout(deadlines.length === 2 ? 1 : 60_000);
        },
      },
    );
    await calls.call("poll", { waitMs: 700, busy: [] });
    expect(deadlines).toEqual([50, 750, 750]);
    expect(calls.events).toContainEqual(
      expect.objectContaining({ code: "CARRIER_FAILED", failures: 1 }),
    );
  });
});

describe("ends", () => {
  test("a refusal is thrown with its code and its words, at once", async () => {
    const server = serverForTest({
      poll: () => Promise.reject(new AtollError("CLIENT_REVOKED", "no longer")),
    });
    const calls = callsForTest(server, straight(server));
    const refused = { code: "CLIENT_REVOKED", message: "no longer" };
    await expect(calls.call("poll", poll)).rejects.toMatchObject(refused);
    expect(calls.pauses).toEqual([]);
  });

  test("a code that is not known here is SERVER_REFUSED, with that code in its words", async () => {
    const server = serverForTest();
    const calls = callsForTest(server, async (frame) => {
      const { nonce } = decodeFrame(frame).header as { nonce: string };
      const error = { code: "toString", message: "for a reason of next year" };
      return signFrame(server.key, { v: 1, nonce, status: "refused", error }, new Uint8Array());
    });
    await expect(calls.call("poll", poll)).rejects.toMatchObject({
      code: "SERVER_REFUSED",
      message: expect.stringMatching(/toString.*for a reason of next year/),
    });
  });

  test("a hello that is refused ends every call that waits for it; the next one says it again", async () => {
    let isKnown = false;
    const server = serverForTest(
      {},
      { identify: async () => (isKnown ? { publicKeys: [server.deKey.publicKey] } : undefined) },
    );
    const calls = callsForTest(server, straight(server));
    const both = await Promise.allSettled([calls.call("poll", poll), calls.call("poll", poll)]);
    expect(both.map((end) => (end.status === "rejected" ? end.reason.code : "ok"))).toEqual([
      "CALLER_UNKNOWN",
      "CALLER_UNKNOWN",
    ]);
    isKnown = true;
    expect((await calls.call("poll", poll)).reply.orders).toEqual([]);
  });

  test("an aborted signal ends a call that waits, and leaves those beside it alone", async () => {
    const answering = Promise.withResolvers<void>();
    const server = serverForTest();
    const calls = callsForTest(server, async (frame, signal) => {
      if (opOf(frame) === "hello") await answering.promise;
      return straight(server)(frame, signal);
    });
    const gone = new AbortController();
    const first = calls.call("poll", poll, { signal: gone.signal });
    const second = calls.call("poll", poll);
    gone.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    answering.resolve();
    expect((await second).reply.orders).toEqual([]);
  });

  test("a greeting that the last call gave up is begun anew by the next one", async () => {
    const server = serverForTest();
    let isThere = false;
    const calls = callsForTest(server, (frame, signal) =>
      isThere ? straight(server)(frame, signal) : new Promise(() => {}),
    );
    const gone = new AbortController();
    const first = calls.call("poll", poll, { signal: gone.signal });
    gone.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    isThere = true;
    expect((await calls.call("poll", poll)).reply.orders).toEqual([]);
  });

  test("an aborted signal ends a pause", async () => {
    const server = serverForTest();
    const gone = new AbortController();
    const calls = callsForTest(server, () => Promise.reject(carrierFailed()), {
      sleep: () => {
        gone.abort(new Error("enough"));
        return new Promise(() => {});
      },
    });
    await expect(calls.call("poll", poll, { signal: gone.signal })).rejects.toThrow("enough");
  });

  test("closing ends what waits, and what comes later", async () => {
    const server = serverForTest({ poll: () => new Promise(() => {}) });
    const calls = callsForTest(server, straight(server));
    const waiting = calls.call("poll", poll);
    calls.close();
    await expect(waiting).rejects.toThrow("closed here");
    await expect(calls.call("poll", poll)).rejects.toThrow("closed here");
  });

  test("a request that is too large for a frame is thrown, not tried again", async () => {
    const server = serverForTest();
    const calls = callsForTest(server, straight(server));
    const body = new Uint8Array(2 ** 21);
    await expect(calls.call("poll", poll, { body })).rejects.toMatchObject({
      code: "FRAME_MALFORMED",
    });
    expect(calls.pauses).toEqual([]);
  });
});

describe("answers that are not the server's", () => {
  const okFrame = (server: ServerForTest, nonce: string, key = server.key) =>
    signFrame(key, { v: 1, nonce, status: "ok", reply: { orders: [] } }, new Uint8Array());

  test.each<[string, (server: ServerForTest, right: Uint8Array, nonce: string) => unknown]>([
    ["signed by another key", (server, _, nonce) => okFrame(server, nonce, newKey())],
    ["about another call", (server) => okFrame(server, "11111111-1111-4111-8111-111111111111")],
    ["with another body", (_, right) => encodeFrame(decodeFrame(right).header, Uint8Array.of(1))],
    ["cut off", (_, right) => right.subarray(0, right.length - 3)],
    ["of nothing", () => new Uint8Array()],
  ])("one %s is reported as ANSWER_FORGED and asked for again", async (_, forge) => {
    const server = serverForTest();
    let isForged = false;
    const calls = callsForTest(server, async (frame, signal) => {
      const right = await straight(server)(frame, signal);
      if (opOf(frame) === "hello" || isForged) return right;
      isForged = true;
      const { nonce } = decodeFrame(frame).header as { nonce: string };
      return (await forge(server, right, nonce)) as Uint8Array;
    });
    expect((await calls.call("poll", poll)).reply.orders).toEqual([]);
    expect(calls.events.slice(1)).toEqual([
      expect.objectContaining({ kind: "retry", op: "poll", code: "ANSWER_FORGED" }),
    ]);
  });

  test("one that the server signed, but that is not what poll promises, is ANSWER_MALFORMED", async () => {
    const server = serverForTest();
    const calls = callsForTest(server, async (frame, signal) => {
      if (opOf(frame) === "hello") return straight(server)(frame, signal);
      const { nonce } = decodeFrame(frame).header as { nonce: string };
      const reply = { orders: [{ kind: "run this code" }] };
      return signFrame(server.key, { v: 1, nonce, status: "ok", reply }, new Uint8Array());
    });
    await expect(calls.call("poll", poll)).rejects.toMatchObject({ code: "ANSWER_MALFORMED" });
  });
});

describe("versions", () => {
  test.each([
    [[2, 1], [1], 1],
    [[1], [2, 1], 1],
    [[3, 2, 1], [2, 1], 2],
  ])("a client of %j and a server of %j speak %i", async (client, own, version) => {
    const server = serverForTest({}, { versions: own });
    const calls = callsForTest(server, straight(server), { versions: client });
    await calls.call("poll", poll);
    expect(calls.events).toMatchObject([{ kind: "session", version }]);
  });

  test.each([
    [
      [3, 2],
      [1],
      "the client speaks versions 2, 3 of the protocol, the server version 1; upgrade the server",
    ],
    [
      [1],
      [3, 2],
      "the client speaks version 1 of the protocol, the server versions 2, 3; upgrade the client",
    ],
  ])("a client of %j and a server of %j part with a sentence", async (client, own, message) => {
    const server = serverForTest({}, { versions: own });
    const calls = callsForTest(server, straight(server), { versions: client });
    const refused = { code: "VERSION_UNSUPPORTED", message };
    await expect(calls.call("poll", poll)).rejects.toMatchObject(refused);
  });
});
