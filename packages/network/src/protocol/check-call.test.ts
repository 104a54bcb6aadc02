import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { decodeFrame, encodeFrame } from "./frame.ts";
import {
  ask,
  deFrame,
  hello,
  helloFrame,
  newKey,
  poll,
  requestFrame,
  serverForTest,
  type ServerForTest,
} from "./protocol.fixture.ts";

const MINUTE_MS = 60_000;

describe("who calls", () => {
  const cases: Record<string, (server: ServerForTest) => Promise<readonly [Uint8Array, string?]>> =
    {
      "a client that is not enrolled": async () => {
        const key = newKey();
        return [await requestFrame(key, { client: "fr", params: poll })];
      },
      "a client that signs with another key": async () => [await requestFrame(newKey(), {})],
      "a client on another one's connection": async (server) => [await helloFrame(server), "fr"],
      "nobody, in an operation that is not join": async (server) => [
        await helloFrame(server, { client: null }),
      ],
    };
  test.each(Object.entries(cases))("%s is CALLER_UNKNOWN", async (_, frameOf) => {
    const server = serverForTest();
    const [frame, caller] = await frameOf(server);
    const { code, message } = await ask(server, frame, caller === undefined ? {} : { caller });
    expect(code).toBe("CALLER_UNKNOWN");
    expect(message).toContain("is not enrolled here with the key that signed");
    expect(server.refused).toHaveLength(1);
  });

  test("a client that is revoked is refused from the next call on", async () => {
    let publicKeys: string[] = [];
    const server = serverForTest({}, { identify: async () => ({ publicKeys }) });
    publicKeys = [server.deKey.publicKey];
    const session = await hello(server);
    publicKeys = [];
    const { code } = await ask(server, await deFrame(server, { session, params: poll }));
    expect(code).toBe("CALLER_UNKNOWN");
  });

  test("a changed header, body or signature is SIGNATURE_INVALID, and its client is told by nonce", async () => {
    const server = serverForTest();
    const frame = await deFrame(server, { session: "s", params: poll }, Uint8Array.of(1, 2));
    const { header, body } = decodeFrame(frame);
    const signature = Buffer.alloc(64, 7).toString("base64");
    for (const changed of [
      encodeFrame({ ...header, op: "rotate" }, body),
      encodeFrame({ ...header, key: newKey().publicKey }, body),
      encodeFrame({ ...header, signature }, body),
      encodeFrame(header, Uint8Array.of(1, 3)),
      encodeFrame(header, Uint8Array.of()),
    ]) {
      const { code, nonce } = await ask(server, changed);
      expect({ code, nonce }).toEqual({ code: "SIGNATURE_INVALID", nonce: header["nonce"] });
    }
  });
});

describe("when, and how often", () => {
  test.each([
    [-5 * MINUTE_MS, "ok"],
    [5 * MINUTE_MS, "ok"],
    [-5 * MINUTE_MS - 1, "refused"],
    [5 * MINUTE_MS + 1, "refused"],
  ])("a clock that is %i ms ahead: %s", async (aheadMs, status) => {
    const server = serverForTest();
    const sentAtMs = server.clock.nowMs + aheadMs;
    const answer = await ask(server, await helloFrame(server, { sentAtMs }));
    expect(answer.status).toBe(status);
    if (status === "ok") return;
    expect(answer.code).toBe("CLOCK_SKEW");
    expect(answer.message).toContain(`client's clock says ${new Date(sentAtMs).toISOString()}`);
    expect(answer.message).toContain("the server's 2023-11-14T22:13:20.000Z");
  });

  test("a frame that comes twice is REPLAYED, also a hello, which then ends no session", async () => {
    const server = serverForTest();
    const first = await helloFrame(server);
    const session = (await ask(server, first)).reply!["session"] as string;
    expect((await ask(server, first)).code).toBe("REPLAYED");
    const frame = await deFrame(server, { session, params: poll });
    expect((await ask(server, frame)).status).toBe("ok");
    expect((await ask(server, frame)).code).toBe("REPLAYED");
  });

  test("a frame is never answered twice at any later time", async () => {
    const server = serverForTest();
    const session = await hello(server);
    const sentAtMs = server.clock.nowMs + 5 * MINUTE_MS;
    const frame = await deFrame(server, { session, sentAtMs, params: poll });
    expect((await ask(server, frame)).status).toBe("ok");
    const codes = new Set<string | undefined>();
    for (let minute = 0; minute < 25; minute++) {
      server.clock.nowMs += MINUTE_MS;
      // Other calls make the server forget what is old.
      await ask(server, await deFrame(server, { session, params: poll }));
      codes.add((await ask(server, frame)).code);
    }
    expect([...codes]).toEqual(["REPLAYED", "CLOCK_SKEW"]);
  });

  test("more calls than are remembered are SERVER_BUSY until the earlier ones are old", async () => {
    const server = serverForTest({}, { maxNonces: 3 });
    const session = await hello(server);
    const next = async () =>
      (await ask(server, await deFrame(server, { session, params: poll }))).code;
    expect([await next(), await next(), await next()]).toEqual([
      undefined,
      undefined,
      "SERVER_BUSY",
    ]);
    server.clock.nowMs += 10 * MINUTE_MS + 1;
    expect(await next()).toBeUndefined();
  });

  test("nonces of one client are no matter to another", async () => {
    const frKey = newKey();
    const server = serverForTest(
      {},
      {
        identify: async (name) => ({
          publicKeys: [name === "de" ? server.deKey.publicKey : frKey.publicKey],
        }),
      },
    );
    const nonce = randomUUID();
    const params = { versions: [1], software: "test" };
    expect((await ask(server, await helloFrame(server, { nonce }))).status).toBe("ok");
    const other = await requestFrame(frKey, { op: "hello", client: "fr", nonce, params });
    expect((await ask(server, other)).status).toBe("ok");
  });
});

describe("sessions", () => {
  test("an unknown one, one before a restart, and one before a new hello are SESSION_UNKNOWN", async () => {
    const server = serverForTest();
    const first = await hello(server);
    const restarted = server.restart();
    const codeOf = async (session: string | null, serve = server.serve) =>
      (await ask(server, await deFrame(server, { session, params: poll }), { serve })).code;
    expect(await codeOf(first)).toBeUndefined();
    expect(await codeOf(first, restarted)).toBe("SESSION_UNKNOWN");
    await hello(server, restarted);
    expect(await codeOf(first, restarted)).toBe("SESSION_UNKNOWN");
    const second = await hello(server);
    expect(await codeOf(first)).toBe("SESSION_UNKNOWN");
    expect(await codeOf(null)).toBe("SESSION_UNKNOWN");
    expect(await codeOf(second)).toBeUndefined();
  });

  test("what still waits in an earlier session ends with it, and its work is told so", async () => {
    const begun = Promise.withResolvers<AbortSignal>();
    const server = serverForTest({
      poll: (_, context) => {
        begun.resolve(context.signal);
        return new Promise(() => {});
      },
    });
    const session = await hello(server);
    const waiting = ask(server, await deFrame(server, { session, params: poll }));
    const { aborted } = await begun.promise;
    expect(aborted).toBe(false);
    await hello(server);
    expect((await waiting).code).toBe("SESSION_UNKNOWN");
    expect((await begun.promise).aborted).toBe(true);
  });
});
