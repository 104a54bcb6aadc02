import { once } from "node:events";
import { createServer, connect as connectTcp, type AddressInfo } from "node:net";
import { createServer as createHttpsServer, request } from "node:https";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { MAX_FRAME_BYTES, type FrameHandler } from "../types.ts";
import { connectHttps, type HttpsClientOptions, type HttpsTrust } from "./client.ts";
import { enrolled, serveAt, temporaryServer, type TemporaryServer } from "./https.fixture.ts";
import type { HttpsServer, HttpsServerOptions } from "./server.ts";

const utf8 = (value: string) => new TextEncoder().encode(value);
const soon = () => AbortSignal.timeout(20_000);

type Limits = Pick<HttpsClientOptions, "connectMs" | "timeoutMs">;

describe("HTTPS at its edges", () => {
  let place: TemporaryServer;
  const opened: { close: () => unknown }[] = [];
  const seen: number[] = [];
  const count: FrameHandler = async (_, frame) => {
    seen.push(frame.length);
    return frame;
  };

  beforeAll(async () => {
    place = await temporaryServer();
  });
  afterAll(() => place.remove());
  afterEach(async () => {
    seen.length = 0;
    for (const one of opened.splice(0).toReversed()) await one.close();
  });

  async function serve(options: Partial<HttpsServerOptions> = {}): Promise<HttpsServer> {
    const server = await serveAt(place.identity, count, options);
    opened.push(server);
    return server;
  }

  async function failureOf(
    url: string,
    { trust, ...limits }: Limits & { readonly trust?: HttpsTrust } = {},
  ): Promise<string> {
    const { certificatePem: authorityPem } = place.identity.authority;
    const carrier = connectHttps({ url, ...(trust ?? { authorityPem }), ...limits });
    opened.push(carrier);
    const error = await carrier.call(utf8("x"), soon()).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "CARRIER_FAILED" });
    return (error as Error).message;
  }

  /** The status of a body that is sent without the care that a client takes. */
  async function post(
    server: HttpsServer,
    {
      path = "/v1/call",
      method = "POST",
      bytes,
      isEnrolled = true,
      isChunked = false,
    }: {
      readonly path?: string;
      readonly method?: string;
      readonly bytes: number;
      readonly isEnrolled?: boolean;
      readonly isChunked?: boolean;
    },
  ): Promise<number | "cut"> {
    const material = await enrolled(place.identity.authority, "de");
    return new Promise((resolve) => {
      const sent = request({
        host: "127.0.0.1",
        port: server.port,
        path,
        method,
        agent: false,
        ca: place.identity.authority.certificatePem,
        ...(isEnrolled ? { key: material.keyPem(), cert: material.certificatePem } : {}),
        headers: isChunked ? { "transfer-encoding": "chunked" } : { "content-length": bytes },
      });
      sent.on("response", (response) => {
        resolve(response.statusCode!);
        sent.destroy();
      });
      sent.on("error", () => resolve("cut"));
      sent.end(new Uint8Array(bytes));
    });
  }

  test("a body that is too large is refused, whether it says its size or not, and no handler sees it", async () => {
    const server = await serve();
    expect(await post(server, { bytes: MAX_FRAME_BYTES })).toBe(200);
    expect(seen.splice(0)).toEqual([MAX_FRAME_BYTES]);
    for (const isChunked of [false, true])
      expect([413, "cut"]).toContain(await post(server, { bytes: MAX_FRAME_BYTES + 1, isChunked }));
    expect(seen).toEqual([]);
  });

  test("a claim of ten gibibytes is refused before any byte of it", async () => {
    const server = await serve();
    const status = await new Promise((resolve, reject) => {
      const sent = request({
        host: "127.0.0.1",
        port: server.port,
        path: "/v1/call",
        method: "POST",
        agent: false,
        ca: place.identity.authority.certificatePem,
        headers: { "content-length": 10 * 2 ** 30 },
      });
      sent.on("response", (response) => {
        resolve(response.statusCode);
        sent.destroy();
      });
      sent.on("error", reject);
      sent.flushHeaders();
    });
    expect(status).toBe(413);
    expect(seen).toEqual([]);
  });

  test("who shows no certificate may send what a request to join needs, and more behind a trusted proxy", async () => {
    const server = await serve();
    expect(await post(server, { bytes: 65_536, isEnrolled: false })).toBe(200);
    expect([413, "cut"]).toContain(await post(server, { bytes: 65_537, isEnrolled: false }));
    expect(seen.splice(0)).toEqual([65_536]);
    const behind = await serve({ trustProxy: true });
    expect(await post(behind, { bytes: MAX_FRAME_BYTES, isEnrolled: false })).toBe(200);
    expect(seen).toEqual([MAX_FRAME_BYTES]);
  });

  test("other paths and methods are not found, but for the sign of life", async () => {
    const server = await serve();
    expect(await post(server, { bytes: 1, path: "/v1/calls" })).toBe(404);
    expect(await post(server, { bytes: 0, method: "GET" })).toBe(404);
    expect(await post(server, { bytes: 0, path: "/health/live", method: "GET" })).toBe(200);
    expect(seen).toEqual([]);
  });

  test("a body that is cut off is no frame, and the server lives on", async () => {
    const server = await serve();
    await new Promise<void>((resolve) => {
      const sent = request({
        host: "127.0.0.1",
        port: server.port,
        path: "/v1/call",
        method: "POST",
        agent: false,
        ca: place.identity.authority.certificatePem,
        headers: { "content-length": 1000 },
      });
      sent.on("close", resolve).on("error", () => {});
      sent.write(new Uint8Array(500), () => sent.destroy());
    });
    expect(await post(server, { bytes: 7 })).toBe(200);
    expect(seen).toEqual([7]);
  });

  test("closing does not wait for connections that never finish their handshake", async () => {
    const server = await serve();
    const socket = connectTcp(server.port, "127.0.0.1");
    await once(socket, "connect");
    const closed = once(socket, "close");
    socket.on("error", () => {});
    await server.close();
    await closed;
    expect(socket.destroyed).toBe(true);
  });

  test("a server that cannot listen says where, and a client whose address is none says so", async () => {
    const server = await serve();
    await expect(serveAt(place.identity, count, { port: server.port })).rejects.toMatchObject({
      code: "CARRIER_ADDRESS",
      message: expect.stringContaining(`port ${server.port} (EADDRINUSE)`) as string,
    });
    for (const url of ["http://localhost:1", "localhost:7443", "", "nats://localhost"])
      expect(() => connectHttps({ url, authority: "system" })).toThrow(
        expect.objectContaining({ code: "CARRIER_ADDRESS" }),
      );
  });

  test("each way of not reaching a server has its sentence", async () => {
    const server = await serve();
    await server.close();
    expect(await failureOf(server.address)).toContain("nothing listens there");
    expect(await failureOf("https://atoll.invalid:7443")).toContain("name is not known here");

    const plain = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
    opened.push({ close: () => plain.close() });
    const { port } = plain.address() as AddressInfo;
    expect(await failureOf(`https://127.0.0.1:${port}`)).toContain("does not speak TLS 1.3");
  });

  test("what is no Atoll server is told from one", async () => {
    const { keyPem, certificatePem } = place.identity.tls();
    const other = createHttpsServer(
      { key: keyPem(), cert: certificatePem },
      (incoming, outgoing) => {
        outgoing.writeHead(incoming.url === "/moved/v1/call" ? 302 : 200, {
          "content-type": "text/html",
        });
        outgoing.end("<html>sign in</html>");
      },
    );
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    opened.push({ close: () => other.close() });
    const url = `https://127.0.0.1:${(other.address() as AddressInfo).port}`;
    expect(await failureOf(url)).toContain("no Atoll server (status 200)");
    expect(await failureOf(`${url}/moved`)).toContain("no Atoll server (status 302)");
  });

  test("a server that accepts and says nothing is given up, before its handshake and after", async () => {
    const silent = createServer((socket) => opened.push({ close: () => socket.destroy() }));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    opened.push({ close: () => silent.close() });
    const { port } = silent.address() as AddressInfo;
    const url = `https://127.0.0.1:${port}`;
    expect(await failureOf(url, { connectMs: 50 })).toContain("ETIMEDOUT");
    expect(
      await failureOf(url, { trust: { authorityFingerprint: "00".repeat(32) }, connectMs: 50 }),
    ).toContain("ETIMEDOUT");

    const server = await serveAt(place.identity, async () => new Promise<never>(() => {}));
    opened.push(server);
    expect(await failureOf(server.address, { timeoutMs: 300 })).toContain(
      "none came within 300 ms",
    );
  });

  test("a carrier below a path calls below that path", async () => {
    const paths: (string | undefined)[] = [];
    const { keyPem, certificatePem } = place.identity.tls();
    const proxy = createHttpsServer(
      { key: keyPem(), cert: certificatePem },
      (incoming, outgoing) => {
        paths.push(incoming.url);
        outgoing.writeHead(200, { "content-type": "application/octet-stream" }).end("ok");
      },
    );
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    opened.push({ close: () => proxy.close() });
    const authorityPem = place.identity.authority.certificatePem;
    const url = `https://127.0.0.1:${(proxy.address() as AddressInfo).port}/atoll`;
    const carrier = connectHttps({ url, authorityPem });
    opened.push(carrier);
    expect(await carrier.call(utf8("x"), soon())).toEqual(utf8("ok"));
    expect(paths).toEqual(["/atoll/v1/call"]);
  });

  test("printing a carrier shows no key", async () => {
    const server = await serve();
    const material = await enrolled(place.identity.authority, "de");
    const carrier = connectHttps({
      url: server.address,
      authorityPem: place.identity.authority.certificatePem,
      identity: () => material,
    });
    opened.push(carrier);
    await carrier.call(utf8("x"), soon());
    const printed = inspect([carrier, server, material], { depth: 10, showHidden: true });
    expect(printed).toContain("keyPem: [Function");
    expect(printed).not.toContain("PRIVATE KEY");
    expect(printed).not.toContain(material.keyPem().split("\n")[1]);
  });
});
