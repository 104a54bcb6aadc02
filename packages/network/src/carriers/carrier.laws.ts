import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { AtollError } from "@atoll/core/errors";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  MAX_FRAME_BYTES,
  type ClientCarrier,
  type FrameHandler,
  type ServerCarrier,
} from "./types.ts";

/** A place where a server and its clients meet, made for one kind of carrier. */
export interface CarrierFixture {
  /** Opens a server; after the one before was closed, at the same address. */
  readonly serve: (handler: FrameHandler) => Promise<ServerCarrier>;
  /** The carrier of a client that is enrolled under this name; works without a server running. */
  readonly connect: (client: string) => Promise<ClientCarrier>;
  /** The carrier of somebody who is not enrolled; undefined where such a one cannot call at all. */
  readonly stranger: () => Promise<ClientCarrier> | undefined;
  /** Stops what lies between servers and clients, a broker, and starts it again at the same address. */
  readonly restartServer?: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface CarrierAbilities {
  /** Whether a call that its client aborts aborts the handler's signal. */
  readonly carriesAborts: boolean;
  /** Whether something lies between that the fixture can restart. */
  readonly hasBroker: boolean;
}

const NAMES = ["de", "north sea.1", "größe *>/%"] as const;
const DEADLINE_MS = 20_000;
const forever = new Promise<never>(() => {});

/** Bytes that differ by place and by seed. */
function bytesOf(length: number, seed: number): Uint8Array {
  const block = createHash("sha512").update(String(seed)).digest();
  return Uint8Array.from({ length }, (_, i) => block[i % 64]! ^ (i >> 6));
}

/** Signals that end a test which would otherwise hang. */
function deadline(): AbortSignal {
  return AbortSignal.timeout(DEADLINE_MS);
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error("what was waited for did not come");
    await sleep(5);
  }
}

/** Asks again until there is an answer, as callers do. */
async function callAgain(client: ClientCarrier, frame: Uint8Array): Promise<Uint8Array> {
  let answer: Uint8Array | undefined;
  await until(async () => {
    try {
      answer = await client.call(frame, deadline());
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: "CARRIER_FAILED" });
      return false;
    }
  });
  return answer!;
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const utf8 = (value: string) => new TextEncoder().encode(value);
const echo: FrameHandler = async (_, frame) => frame;
const whoami: FrameHandler = async (caller, frame) => {
  // Answers overtake each other.
  for (let turn = frame.length % 7; turn > 0; turn--) await new Promise(setImmediate);
  return utf8(`${caller.client} asked ${text(frame)}`);
};

/** What holds for everything that carries frames between a server and its clients. */
export function carrierLaws(
  name: string,
  open: () => Promise<CarrierFixture>,
  { carriesAborts, hasBroker }: CarrierAbilities = { carriesAborts: true, hasBroker: false },
): void {
  describe(`${name} keeps the carrier's laws`, () => {
    let fixture: CarrierFixture;
    const opened: { close: () => Promise<void> }[] = [];

    beforeAll(async () => {
      fixture = await open();
    });
    afterEach(async () => {
      for (const one of opened.splice(0).toReversed()) await one.close();
    });
    afterAll(() => fixture.close());

    async function serve(handler: FrameHandler): Promise<ServerCarrier> {
      const server = await fixture.serve(handler);
      opened.push(server);
      return server;
    }
    async function connect(client: string): Promise<ClientCarrier> {
      const carrier = await fixture.connect(client);
      opened.push(carrier);
      return carrier;
    }

    test("a frame arrives, and its answer comes back, byte for byte, from none to the most", async () => {
      const seen: Uint8Array[] = [];
      await serve(async (_, frame) => {
        seen.push(frame.slice());
        return frame.toReversed();
      });
      const client = await connect("de");
      const sizes = [0, 1, 65_535, 65_536, 65_537, 2 ** 20, MAX_FRAME_BYTES - 1, MAX_FRAME_BYTES];
      for (const [i, size] of sizes.entries()) {
        const frame = bytesOf(size, i);
        const answer = await client.call(frame, deadline());
        expect(answer).toBeInstanceOf(Uint8Array);
        expect(Buffer.compare(seen[i]!, frame)).toBe(0);
        expect(Buffer.compare(answer, frame.toReversed())).toBe(0);
      }
      expect(seen).toHaveLength(sizes.length);
    });

    test("any bytes pass", async () => {
      await serve(echo);
      const client = await connect("de");
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (frame) => {
          expect(Buffer.compare(await client.call(frame, deadline()), frame)).toBe(0);
        }),
        { numRuns: 30 },
      );
    });

    test("what the other side does to its bytes afterwards changes nothing here", async () => {
      const kept = bytesOf(100, 1);
      await serve(async (_, frame) => {
        frame.fill(0);
        return kept;
      });
      const client = await connect("de");
      const frame = bytesOf(100, 2);
      const answer = await client.call(frame, deadline());
      expect(frame).toEqual(bytesOf(100, 2));
      answer.fill(0);
      expect(kept).toEqual(bytesOf(100, 1));
    });

    test("a view into a larger buffer is sent as the view", async () => {
      await serve(echo);
      const client = await connect("de");
      const answer = await client.call(bytesOf(1000, 3).subarray(100, 110), deadline());
      expect(Array.from(answer)).toEqual(Array.from(bytesOf(1000, 3).slice(100, 110)));
    });

    test("a frame that is too large is refused before it is sent", async () => {
      let calls = 0;
      await serve(async (_, frame) => {
        calls++;
        return frame;
      });
      const client = await connect("de");
      await expect(
        client.call(new Uint8Array(MAX_FRAME_BYTES + 1), deadline()),
      ).rejects.toMatchObject({ code: "CARRIER_FRAME_SIZE" });
      expect(calls).toBe(0);
    });

    test("an answer that is too large does not reach the client, and the server lives on", async () => {
      await serve(async (_, frame) => new Uint8Array(frame[0] === 1 ? MAX_FRAME_BYTES + 1 : 3));
      const client = await connect("de");
      await expect(client.call(Uint8Array.of(1), deadline())).rejects.toMatchObject({
        code: "CARRIER_FAILED",
      });
      expect(await callAgain(client, Uint8Array.of(0))).toHaveLength(3);
    });

    test("a hundred calls at once do not mix", async () => {
      await serve(whoami);
      const client = await connect("de");
      const questions = Array.from({ length: 100 }, (_, i) => `${i} ${"x".repeat((i * 37) % 501)}`);
      const answers = await Promise.all(questions.map((q) => client.call(utf8(q), deadline())));
      expect(answers.map(text)).toEqual(questions.map((q) => `de asked ${q}`));
    });

    test("the handler sees the name of the client that calls, whoever else calls", async () => {
      await serve(whoami);
      const clients = await Promise.all(NAMES.map(connect));
      const rounds = Array.from({ length: 20 }, (_, i) => String(i).repeat(1 + (i % 5)));
      const answers = await Promise.all(
        rounds.flatMap((q) => clients.map((client) => client.call(utf8(q), deadline()))),
      );
      expect(answers.map(text)).toEqual(
        rounds.flatMap((q) => NAMES.map((client) => `${client} asked ${q}`)),
      );
    });

    test("who is not enrolled has no name, where such a one can call at all", async () => {
      await serve(whoami);
      const client = await connect("de");
      const stranger = await fixture.stranger();
      if (stranger !== undefined) {
        opened.push(stranger);
        expect(text(await stranger.call(utf8("me"), deadline()))).toBe("undefined asked me");
      }
      expect(text(await client.call(utf8("me"), deadline()))).toBe("de asked me");
    });

    test("a call that waits is answered when the handler answers, and others do not wait for it", async () => {
      const orders = Promise.withResolvers<Uint8Array>();
      let polls = 0;
      await serve(async (_, frame) => {
        if (text(frame) !== "poll") return frame;
        polls++;
        return orders.promise;
      });
      const [client, other] = [await connect("de"), await connect("fr")];
      let answered = 0;
      const waiting = [client, client, client, other].map(async (one) => {
        const answer = await one.call(utf8("poll"), deadline());
        answered++;
        return text(answer);
      });
      await until(() => polls === 4);
      expect(text(await client.call(utf8("now"), deadline()))).toBe("now");
      expect(text(await other.call(utf8("now"), deadline()))).toBe("now");
      expect(answered).toBe(0);
      orders.resolve(utf8("orders"));
      expect(await Promise.all(waiting)).toEqual(["orders", "orders", "orders", "orders"]);
    });

    test("a call that is aborted rejects with the signal's reason, and the next call works", async () => {
      const signals: AbortSignal[] = [];
      await serve(async (_, frame, signal) => {
        if (text(frame) !== "poll") return frame;
        signals.push(signal);
        return forever;
      });
      const client = await connect("de");
      const abort = new AbortController();
      const call = client.call(utf8("poll"), abort.signal);
      const rejected = expect(call).rejects.toBe("enough");
      await until(() => signals.length === 1);
      expect(signals[0]!.aborted).toBe(false);
      abort.abort("enough");
      await rejected;
      if (carriesAborts) await until(() => signals[0]!.aborted);
      expect(text(await client.call(utf8("next"), deadline()))).toBe("next");
    });

    test("a call whose signal was aborted before is not sent", async () => {
      let calls = 0;
      await serve(async (_, frame) => {
        calls++;
        return frame;
      });
      const client = await connect("de");
      const reason = new Error("too late");
      await expect(client.call(utf8("x"), AbortSignal.abort(reason))).rejects.toBe(reason);
      await client.call(utf8("y"), deadline());
      expect(calls).toBe(1);
    });

    test("a handler that fails is CARRIER_FAILED at its client, without its words; the server lives on", async () => {
      await serve((_, frame) => {
        if (text(frame) === "throw") throw new Error("the inner secret");
        if (text(frame) === "reject") return Promise.reject(new Error("the inner secret"));
        return Promise.resolve(frame);
      });
      const client = await connect("de");
      for (const way of ["throw", "reject"]) {
        const error = await client.call(utf8(way), deadline()).catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(AtollError);
        expect(error).toMatchObject({ code: "CARRIER_FAILED" });
        expect(String((error as Error).stack)).not.toContain("inner secret");
        expect(text(await callAgain(client, utf8("fine")))).toBe("fine");
      }
    });

    test("without a server a call is CARRIER_FAILED; with a server again at the address, it works", async () => {
      const client = await connect("de");
      await expect(client.call(utf8("early"), deadline())).rejects.toMatchObject({
        code: "CARRIER_FAILED",
      });
      for (let life = 0; life < 3; life++) {
        const server = await serve(whoami);
        expect(text(await callAgain(client, utf8(`life ${life}`)))).toBe(`de asked life ${life}`);
        await server.close();
        await expect(client.call(utf8("between"), deadline())).rejects.toMatchObject({
          code: "CARRIER_FAILED",
        });
      }
    });

    test("closing the server ends calls that wait, aborts their handlers, and does not wait for these", async () => {
      const signals: AbortSignal[] = [];
      const server = await serve(async (_caller, _frame, signal) => {
        signals.push(signal);
        return forever;
      });
      const client = await connect("de");
      const rejected = expect(client.call(utf8("poll"), deadline())).rejects.toMatchObject({
        code: "CARRIER_FAILED",
      });
      await until(() => signals.length === 1);
      await server.close();
      await rejected;
      expect(signals[0]!.aborted).toBe(true);
      await server.close();
    });

    test("closing the client ends its calls and no other client's", async () => {
      let polls = 0;
      const orders = Promise.withResolvers<Uint8Array>();
      await serve(async () => {
        polls++;
        return orders.promise;
      });
      const [client, other] = [await connect("de"), await connect("fr")];
      const rejected = expect(client.call(utf8("poll"), deadline())).rejects.toMatchObject({
        code: "CARRIER_FAILED",
      });
      const answered = other.call(utf8("poll"), deadline());
      await until(() => polls === 2);
      await client.close();
      await rejected;
      await client.close();
      await expect(client.call(utf8("after"), deadline())).rejects.toMatchObject({
        code: "CARRIER_FAILED",
      });
      orders.resolve(utf8("orders"));
      expect(text(await answered)).toBe("orders");
    });

    if (!hasBroker) return;

    test("what lies between may stop and start again", async () => {
      await serve(whoami);
      const client = await connect("de");
      expect(text(await client.call(utf8("before"), deadline()))).toBe("de asked before");
      await fixture.restartServer!();
      expect(text(await callAgain(client, utf8("after")))).toBe("de asked after");
    });
  });
}
