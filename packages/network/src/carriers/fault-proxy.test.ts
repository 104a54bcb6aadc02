import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.fixture.ts";
import type { Fault, Harm } from "./faults.fixture.ts";

const TEXT = "abcdefghijklmnop";
let echo: Server;
let heard = "";
let proxy: FaultProxy | undefined;

beforeAll(async () => {
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      heard += bytes.toString();
      socket.write(bytes);
    });
    socket.on("end", () => socket.end());
  });
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
});
afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
  heard = "";
});
afterAll(async () => {
  echo.close();
  await once(echo, "close");
});

async function proxyWith(...faults: Fault[]): Promise<FaultProxy> {
  proxy = await startFaultProxy({ target: echo.address() as AddressInfo, faults });
  return proxy;
}

interface Said {
  readonly socket: Socket;
  readonly text: () => string;
  readonly error: () => string | undefined;
  readonly closed: () => boolean;
}

function say({ port }: FaultProxy, text: string, options: { readonly andEnd: boolean }): Said {
  const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  let received = "";
  let code: string | undefined;
  let isClosed = false;
  socket.on("data", (bytes) => (received += bytes.toString()));
  socket.on("error", (error: NodeJS.ErrnoException) => (code = error.code));
  socket.on("close", () => (isClosed = true));
  socket.on("end", () => socket.end());
  if (options.andEnd) socket.end(text);
  else socket.write(text);
  return { socket, text: () => received, error: () => code, closed: () => isClosed };
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error("it did not come true in 5 s");
    await after(2);
  }
}

function fault(
  harm: Harm,
  place: Partial<Pick<Fault, "connection" | "direction" | "atByte">> = {},
): Fault {
  return { connection: 1, direction: "up", atByte: 4, ...place, ...harm };
}

describe("a fault proxy", () => {
  test("without faults passes on a lot in both directions, and each side's end", async () => {
    const counted = await proxyWith();
    const large = TEXT.repeat(50_000);
    const said = say(counted, large, { andEnd: true });
    await until(said.closed);
    expect(said.text()).toBe(large);
    expect(said.error()).toBe(undefined);
    await until(() => counted.counts().open === 0);
    expect(counted.counts()).toMatchObject({
      connections: 1,
      upBytes: 800_000,
      downBytes: 800_000,
    });
    expect(counted.happened()).toEqual([]);
  });

  test.each<[Harm, string]>([
    [{ kind: "delay", delayMs: 5 }, TEXT],
    [{ kind: "corrupt", mask: 0x20, lengthBytes: 3 }, "abcdEFGhijklmnop"],
    [{ kind: "duplicate", lengthBytes: 2 }, "abcdefefghijklmnop"],
    [{ kind: "reorder", lengthBytes: 3 }, "abcdhijefgklmnop"],
    [{ kind: "truncate" }, "abcd"],
  ])("%o on the way up, and on the way down", async (harm, expected) => {
    const up = fault(harm);
    const down = fault(harm, { connection: 2, direction: "down" });
    const counted = await proxyWith(up, down);
    const first = say(counted, TEXT, { andEnd: true });
    await until(first.closed);
    expect([first.text(), heard]).toEqual([expected, expected]);
    heard = "";
    const second = say(counted, TEXT, { andEnd: true });
    await until(second.closed);
    expect([second.text(), heard]).toEqual([expected, TEXT]);
    expect(counted.happened()).toEqual([up, down]);
    expect(counted.counts().harms[harm.kind]).toBe(2);
  });

  test("a cut delivers what came before it, and then both sides end", async () => {
    const counted = await proxyWith(fault({ kind: "cut" }));
    const said = say(counted, TEXT, { andEnd: false });
    await until(said.closed);
    await until(() => counted.counts().open === 0);
    expect(heard).toBe("abcd");
    expect(counted.counts().harms.cut).toBe(1);
  });

  test("a reset on the way down loses an answer to a question that arrived", async () => {
    const counted = await proxyWith(fault({ kind: "reset" }, { direction: "down", atByte: 0 }));
    const said = say(counted, TEXT, { andEnd: false });
    await until(said.closed);
    expect([heard, said.text(), said.error()]).toEqual([TEXT, "", "ECONNRESET"]);
  });

  test("a stall delivers nothing more and ends nothing, until the proxy is closed", async () => {
    const counted = await proxyWith(fault({ kind: "stall" }));
    const said = say(counted, TEXT, { andEnd: true });
    await until(() => said.text() === "abcd");
    expect([said.closed(), heard, counted.counts().open]).toEqual([false, "abcd", 1]);
    await counted.close();
    proxy = undefined;
    await until(said.closed);
    expect(said.error()).toBe("ECONNRESET");
  });

  test("only the named connection is harmed; faults can be added for later ones", async () => {
    const counted = await proxyWith(fault({ kind: "truncate" }, { connection: 2 }));
    const texts: string[] = [];
    for (let i = 0; i < 3; i++) {
      if (i === 2) counted.add([fault({ kind: "truncate" }, { connection: 3, atByte: 1 })]);
      const said = say(counted, TEXT, { andEnd: true });
      await until(said.closed);
      texts.push(said.text());
    }
    expect(texts).toEqual([TEXT, "abcd", "a"]);
  });

  test("all open connections can be broken, and new ones made", async () => {
    const counted = await proxyWith();
    const first = say(counted, TEXT, { andEnd: false });
    await until(() => first.text() === TEXT);
    counted.breakAll();
    await until(first.closed);
    expect(first.error()).toBe("ECONNRESET");
    const second = say(counted, TEXT, { andEnd: true });
    await until(second.closed);
    expect(second.text()).toBe(TEXT);
  });

  test("where nobody listens behind it, a connection is broken off", async () => {
    const gone = createServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const target = gone.address() as AddressInfo;
    gone.close();
    await once(gone, "close");
    proxy = await startFaultProxy({ target });
    const said = say(proxy, TEXT, { andEnd: false });
    await until(said.closed);
    expect(said.error()).toBe("ECONNRESET");
  });
});
