import { rm } from "node:fs/promises";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { afterEach, beforeAll, afterAll, describe, expect, test } from "vitest";
import type { FrameHandler } from "../types.ts";
import { askAgain, patience, text, until, utf8, whoami } from "./calls.fixture.ts";
import { connectNats } from "./connect-nats.ts";
import { dial } from "./connection.ts";
import { UP_CONSUMER, UP_STREAM } from "./names.ts";
import { findNats, freePort, startNats, type TestNats } from "./nats.fixture.ts";
import { serveNats, type NatsServerOptions } from "./serve-nats.ts";

const forever = new Promise<never>(() => {});

describe.skipIf(findNats() === undefined)("faults, with nats-server on this machine", () => {
  let nats: TestNats;
  const opened: { close: () => Promise<void> }[] = [];

  beforeAll(async () => {
    nats = (await startNats())!;
  });
  afterEach(async () => {
    for (const one of opened.splice(0).toReversed()) await one.close();
  });
  afterAll(() => nats.stop());

  const place = () => ({ servers: [nats.url], reconnectWaitMs: 20 });
  async function serve(handler: FrameHandler, options: Partial<NatsServerOptions> = {}) {
    const server = await serveNats({ ...place(), handler, ...options });
    opened.push(server);
    return server;
  }
  async function connect(client: string, timeoutMs = 5000) {
    const carrier = await connectNats({ ...place(), client, timeoutMs });
    opened.push(carrier);
    return carrier;
  }

  test("the broker dies twice amid calls that are asked again: every one ends with its answer", async () => {
    const record = new Map<string, string>();
    let handled = 0;
    await serve(async (caller, frame) => {
      handled++;
      const key = `${caller.client} ${text(frame)}`;
      const kept = record.get(key) ?? `done as number ${record.size}`;
      record.set(key, kept);
      return utf8(kept);
    });
    const names = ["a", "b", "c", "d"];
    const clients = await Promise.all(names.map((name) => connect(name)));
    const answers = new Map<string, string>();
    const streams = clients.map(async (client, i) => {
      for (let n = 0; n < 50; n++)
        answers.set(`${names[i]} ${n}`, await askAgain(client, String(n)));
    });
    for (const progress of [40, 120]) {
      await until(() => answers.size >= progress);
      await nats.kill9();
      await nats.restart();
    }
    await Promise.all(streams);
    expect(answers.size).toBe(200);
    expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(record));
    expect(new Set(answers.values()).size).toBe(200);
    expect(handled).toBeGreaterThanOrEqual(200);
  });

  test("the broker loses all that it kept: the stream is made again", async () => {
    await serve(whoami);
    const client = await connect("a");
    expect(await askAgain(client, "before")).toBe("a asked before");
    await nats.kill9();
    await rm(join(nats.folder, "js"), { recursive: true });
    await nats.restart();
    expect(await askAgain(client, "after")).toBe("a asked after");
  });

  test("somebody deletes the stream: it is made again", async () => {
    await serve(whoami);
    const client = await connect("a");
    expect(await askAgain(client, "before")).toBe("a asked before");
    const stranger = await dial(place(), { name: "stranger", inboxPrefix: "_INBOX" });
    opened.push(stranger);
    await (await jetstreamManager(stranger)).streams.delete(UP_STREAM);
    expect(await askAgain(client, "after")).toBe("a asked after");
  });

  test("a frame that a server took and died over comes to the next one, and its call is answered", async () => {
    await (await serve(whoami)).close();
    const client = await connect("a");
    const answer = client.call(utf8("q"), patience());
    const dying = await dial(place(), { name: "dying", inboxPrefix: "_INBOX" });
    const consumers = (await jetstreamManager(dying)).jetstream().consumers;
    const taken = await (await consumers.get(UP_STREAM, UP_CONSUMER)).next({ expires: 5000 });
    expect(text(taken!.data)).toBe("q");
    await dying.close();
    const seen: string[] = [];
    await serve(async (caller, frame, signal) => {
      seen.push(text(frame));
      return whoami(caller, frame, signal);
    });
    expect(text(await answer)).toBe("a asked q");
    expect(seen).toEqual(["q"]);
  });

  test("a handler that takes longer than the stream waits is not started twice", async () => {
    let runs = 0;
    const slow = Promise.withResolvers<Uint8Array>();
    await serve(
      async (caller, frame, signal) => {
        if (text(frame) !== "slow") return whoami(caller, frame, signal);
        runs++;
        return slow.promise;
      },
      { stream: { ackWaitMs: 300 } },
    );
    const client = await connect("a");
    const answer = client.call(utf8("slow"), patience());
    const begin = performance.now();
    await until(() => performance.now() - begin > 900);
    slow.resolve(utf8("at last"));
    expect(text(await answer)).toBe("at last");
    expect(await askAgain(client, "quick")).toBe("a asked quick");
    expect(runs).toBe(1);
  });

  test("a frame that nobody waits for any more is passed over by a server that comes late", async () => {
    await (await serve(whoami)).close();
    const client = await connect("a", 300);
    await expect(client.call(utf8("old"), patience())).rejects.toMatchObject({
      code: "CARRIER_FAILED",
    });
    const seen: string[] = [];
    await serve(async (caller, frame, signal) => {
      seen.push(text(frame));
      return whoami(caller, frame, signal);
    });
    expect(await askAgain(client, "new")).toBe("a asked new");
    expect(seen).toEqual(["new"]);
  });

  test("a client that leaves calls lying about is refused more, at once, and others are not", async () => {
    let polls = 0;
    await serve(
      async (caller, frame, signal) => {
        if (text(frame) !== "poll") return whoami(caller, frame, signal);
        polls++;
        return forever;
      },
      { stream: { maxPerClient: 3 } },
    );
    const [greedy, other] = [await connect("greedy"), await connect("other")];
    const waiting = [1, 2, 3].map(() => greedy.call(utf8("poll"), patience()).catch(() => "ended"));
    await until(() => polls === 3);
    await expect(greedy.call(utf8("one more"), patience())).rejects.toThrow(
      /maximum messages per subject exceeded/,
    );
    expect(await askAgain(other, "hello")).toBe("other asked hello");
    await greedy.close();
    expect(await Promise.all(waiting)).toEqual(["ended", "ended", "ended"]);
  });

  test("the memory that frames take in the server is bounded: the next one waits", async () => {
    const done = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    await serve(
      async (_, frame) => {
        most = Math.max(most, ++running);
        await done.promise;
        running--;
        return frame.subarray(0, 1);
      },
      { maxFrameBytes: 2000 },
    );
    const client = await connect("a");
    const answers = Array.from({ length: 6 }, () => client.call(new Uint8Array(1000), patience()));
    await until(() => running === 2);
    done.resolve();
    expect((await Promise.all(answers)).map((answer) => answer.length)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(most).toBe(2);
  });
});

describe.skipIf(findNats() === undefined)("brokers that do not serve", () => {
  test("none there: the coordinator does not start, a client's calls fail", async () => {
    const servers = [`127.0.0.1:${await freePort()}`];
    await expect(serveNats({ servers, handler: whoami })).rejects.toMatchObject({
      code: "NATS_UNREACHABLE",
    });
    const client = await connectNats({ servers, client: "a", timeoutMs: 1000 });
    await expect(client.call(utf8("q"), patience())).rejects.toMatchObject({
      code: "CARRIER_FAILED",
    });
    await client.close();
  });

  test("one without JetStream, or with small messages, is refused with the way out", async () => {
    const plain = (await startNats(
      ({ port }) => `host: "127.0.0.1"\nport: ${port}\nmax_payload: 2097152\n`,
    ))!;
    await expect(serveNats({ servers: [plain.url], handler: whoami })).rejects.toMatchObject({
      code: "NATS_STREAM",
    });
    await plain.stop();
    const small = (await startNats(({ port }) => `host: "127.0.0.1"\nport: ${port}\n`))!;
    await expect(serveNats({ servers: [small.url], handler: whoami })).rejects.toMatchObject({
      code: "NATS_PAYLOAD",
    });
    const client = await connectNats({ servers: [small.url], client: "a", timeoutMs: 1000 });
    await expect(client.call(utf8("q"), patience())).rejects.toMatchObject({
      code: "NATS_PAYLOAD",
    });
    await client.close();
    await small.stop();
  });
});
