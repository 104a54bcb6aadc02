import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Authority,
  createAuthority,
  generateSigningKey,
  makeRequest,
  type TlsMaterial,
} from "../../identity/index.ts";
import { connectionChecks } from "./connection-checks.ts";
import { found } from "./found.fixture.ts";

const DAY_MS = 86_400_000;
let authority: Authority;
let stranger: Authority;
let tls: TlsMaterial;
const closing: (() => void)[] = [];

beforeAll(async () => {
  const issuing = { now: () => Date.now(), randomBytes };
  [authority, stranger] = [await createAuthority(issuing), await createAuthority(issuing)];
  tls = await authority.issueServerCertificate({ hosts: ["localhost", "127.0.0.1"] });
});
afterAll(() => {
  for (const close of closing) close();
});

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

describe("the connection", () => {
  const to = (port: number, options: { readonly trusted?: Authority } = {}) =>
    found(
      connectionChecks({
        host: "127.0.0.1",
        port,
        tls: { authority: (options.trusted ?? authority).certificatePem },
        limitMs: 2000,
      }),
    );
  const secure = () => ({ key: tls.keyPem(), cert: tls.certificatePem });
  const notTried = (step: string) => `not tried, as ${step} failed -> undefined`;

  test("is well, at every step", async () => {
    const port = await listen(
      createSecureServer(secure(), (_request, response) => {
        response.statusCode = 404;
        response.end();
      }),
    );
    expect(await to(port)).toEqual({
      dns: "ok: 127.0.0.1 is an address, no name to look up",
      tcp: `ok: 127.0.0.1 takes connections on port ${port}`,
      tls: "ok: TLSv1.3, with a certificate that this client trusts",
      http: "ok: 127.0.0.1 answers over HTTP, with status 404",
    });
  });

  test("with a name that there is not", async () => {
    const outcome = await found(
      connectionChecks({
        host: "atoll.example",
        port: 1,
        tls: { authority: authority.certificatePem },
        lookup: () => Promise.reject(new Error("getaddrinfo ENOTFOUND atoll.example")),
      }),
    );
    expect(outcome["dns"]).toBe(
      "the name atoll.example cannot be resolved: getaddrinfo ENOTFOUND atoll.example -> check the server's name, and this machine's DNS",
    );
    expect([outcome["tcp"], outcome["tls"], outcome["http"]]).toEqual(
      ["dns", "tcp", "tls"].map(notTried),
    );
  });

  test("whose certificate the machine does not trust, where the client trusts it alone", async () => {
    const port = await listen(createSecureServer(secure()));
    const target = { host: "127.0.0.1", port, tls: { authority: undefined } };
    expect((await found(connectionChecks(target)))["tls"]).toContain("than this client trusts");
  });

  test("by a name", async () => {
    const { dns } = await found(
      connectionChecks({
        host: "localhost",
        port: 1,
        tls: { authority: authority.certificatePem },
        lookup: async () => [{ address: "127.0.0.1" }, { address: "::1" }],
      }),
    );
    expect(dns).toBe("ok: localhost is 127.0.0.1, ::1");
  });

  test("where nobody listens", async () => {
    const gone = createServer();
    const port = await listen(gone);
    gone.close();
    await once(gone, "close");
    const outcome = await to(port);
    expect(outcome["tcp"]).toContain("ECONNREFUSED");
    expect(outcome["tcp"]).toContain("is `atoll server run` running there");
    expect(outcome["tls"]).toBe(notTried("tcp"));
  });

  test("to another server, by another name, or to what speaks no TLS", async () => {
    const port = await listen(createSecureServer(secure()));
    const other = await to(port, { trusted: stranger });
    expect(other["tls"]).toContain("is of another authority than this client trusts");
    expect(other["http"]).toBe(notTried("tls"));

    const elsewhere = await authority.issueServerCertificate({ hosts: ["elsewhere.example"] });
    const named = createSecureServer({ key: elsewhere.keyPem(), cert: elsewhere.certificatePem });
    expect((await to(await listen(named)))["tls"]).toContain("is for another name");

    const plain = createServer((socket) => {
      socket.on("error", () => {});
      socket.end("220 hello\r\n");
    });
    expect((await to(await listen(plain)))["tls"]).toContain("no TLS with 127.0.0.1");
  });

  test("to a server whose certificate has expired", async () => {
    const early = await createAuthority({ now: () => Date.now() - 400 * DAY_MS, randomBytes });
    const expired = await early.issueServerCertificate({ hosts: ["127.0.0.1"] });
    const port = await listen(
      createSecureServer({ key: expired.keyPem(), cert: expired.certificatePem }),
    );
    expect((await to(port, { trusted: early }))["tls"]).toContain(
      "the certificate of 127.0.0.1 has expired",
    );
  });

  test("to a server that refuses the client's certificate, or is silent", async () => {
    const strict = createSecureServer(
      { ...secure(), ca: authority.certificatePem, requestCert: true, rejectUnauthorized: true },
      (_request, response) => response.end(),
    );
    const port = await listen(strict);
    const without = await to(port);
    expect(without["tls"]).toMatch(/^ok/);
    expect(without["http"]).toContain("does not answer over HTTP");
    expect(without["http"]).toContain("refuse this client's certificate");

    const key = generateSigningKey();
    const issued = await authority.issueClientCertificate(await makeRequest(key, "de"), {
      client: "de",
    });
    const shown = connectionChecks({
      host: "127.0.0.1",
      port,
      tls: {
        authority: authority.certificatePem,
        certificate: issued.certificatePem,
        key: key.toPem(),
      },
    });
    expect((await found(shown))["http"]).toMatch(/^ok/);

    const sockets: { readonly destroy: () => unknown }[] = [];
    const silent = createServer((socket) => sockets.push(socket.on("error", () => {})));
    const target = { host: "127.0.0.1", port: await listen(silent), limitMs: 100 };
    const hung = await found(
      connectionChecks({ ...target, tls: { authority: authority.certificatePem } }),
    );
    expect(hung["tls"]).toContain("nobody answered");
    for (const socket of sockets) socket.destroy();
  });
});
