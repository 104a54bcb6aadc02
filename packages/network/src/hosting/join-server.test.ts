import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { generateSigningKey, makeToken, writeInvitation } from "../identity/index.ts";
import { joinServer } from "./open-client.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "atoll-join-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("a server that takes the connection and says nothing is tried again, and given up in time", async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const now = () => Date.now();
  const invitation = writeInvitation({
    urls: [`https://127.0.0.1:${port}`],
    token: makeToken((size) => new Uint8Array(size).fill(7)),
    authorityFingerprint: "ab".repeat(32),
    serverPublicKey: generateSigningKey().publicKey,
    client: "north",
    expiresAtMs: now() + 60_000,
  });
  try {
    const joining = joinServer(invitation, { directory, now, limitMs: 1000 });
    await expect(joining).rejects.toMatchObject({
      code: "SERVER_DOWN",
      message: expect.stringMatching(
        /^the server did not answer within 1 s \(no answer to join came within 250 ms.*type the same again$/,
      ) as string,
    });
    expect(sockets.length).toBeGreaterThan(1);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});
