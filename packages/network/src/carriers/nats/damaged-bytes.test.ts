import { createServer, type AddressInfo, type Socket } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { dial } from "./connection.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const stop of stops.splice(0).toReversed()) await stop();
});

/** As much of a broker as greeting and pings take; connections by number. */
async function broker(answerPing: (number: number, ping: number) => string) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const number = sockets.push(socket);
    let pings = 0;
    socket.on("error", () => {});
    socket.write('INFO {"max_payload":2097152,"proto":1,"version":"2.9.0","headers":true}\r\n');
    socket.on("data", (bytes) => {
      for (const _ of String(bytes).matchAll(/PING\r\n/g))
        socket.write(answerPing(number, ++pings));
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  stops.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const place = { servers: [`127.0.0.1:${port}`], reconnectWaitMs: 10 };
  return { sockets, place };
}

const about = { name: "test", inboxPrefix: "_INBOX" };

async function statusOf(connection: Awaited<ReturnType<typeof dial>>, wanted: string) {
  for await (const { type } of connection.status()) if (type === wanted) return;
}

test("bytes that are none of the protocol end the connection at once, are printed nowhere, and it comes back", async () => {
  const printed = [
    vi.spyOn(console, "log").mockImplementation(() => {}),
    vi.spyOn(console, "error").mockImplementation(() => {}),
  ];
  const { sockets, place } = await broker(() => "PONG\r\n");
  const connection = await dial(place, about);
  stops.push(() => connection.close());
  for (const number of [1, 2]) {
    const back = statusOf(connection, "reconnect");
    sockets[number - 1]!.write("garbage with a secret frame\r\n and more\r\n");
    await back;
    expect(sockets).toHaveLength(number + 1);
  }
  await connection.flush();
  for (const spy of printed) expect(spy).not.toHaveBeenCalled();
});

test("a broker that is there and says nothing is left after three pings", async () => {
  // The first connection answers the greeting's ping alone.
  const { sockets, place } = await broker((number, ping) =>
    number === 1 && ping > 1 ? "" : "PONG\r\n",
  );
  const connection = await dial({ ...place, pingIntervalMs: 20 }, about);
  stops.push(() => connection.close());
  await statusOf(connection, "reconnect");
  expect(sockets).toHaveLength(2);
});
