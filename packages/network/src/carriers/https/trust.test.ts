import "reflect-metadata";
import { randomBytes } from "node:crypto";
import { connect } from "node:tls";
import {
  pemOf,
  readAuthority,
  type Authority,
  type ServerIdentity,
  type TlsMaterial,
} from "../../identity/index.ts";
import {
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ClientCarrier, FrameHandler } from "../types.ts";
import { connectHttps, type HttpsTrust } from "./client.ts";
import { DAY_MS, enrolled, serveAt, temporaryServer } from "./https.fixture.ts";
import type { HttpsServer, HttpsServerOptions } from "./server.ts";

const utf8 = (value: string) => new TextEncoder().encode(value);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const soon = () => AbortSignal.timeout(20_000);
const whoami: FrameHandler = async ({ client }) => utf8(String(client));

describe("who trusts whom over HTTPS", () => {
  let ours: Awaited<ReturnType<typeof temporaryServer>>;
  let theirs: Awaited<ReturnType<typeof temporaryServer>>;
  const opened: { close: () => Promise<void> }[] = [];
  const calls: (string | undefined)[] = [];

  beforeAll(async () => {
    [ours, theirs] = await Promise.all([temporaryServer(), temporaryServer()]);
  });
  afterAll(() => {
    ours.remove();
    theirs.remove();
  });
  afterEach(async () => {
    calls.length = 0;
    for (const one of opened.splice(0).toReversed()) await one.close();
  });

  async function serve(
    identity: ServerIdentity,
    options: Partial<HttpsServerOptions> = {},
  ): Promise<HttpsServer> {
    const handler: FrameHandler = async (caller, frame, signal) => {
      calls.push(caller.client);
      return whoami(caller, frame, signal);
    };
    const server = await serveAt(identity, handler, options);
    opened.push(server);
    return server;
  }

  function client(
    url: string,
    identity?: () => TlsMaterial,
    trust: HttpsTrust = { authorityPem: ours.identity.authority.certificatePem },
  ): ClientCarrier {
    const carrier = connectHttps({
      url,
      ...trust,
      ...(identity === undefined ? {} : { identity }),
    });
    opened.push(carrier);
    return carrier;
  }

  async function refusalOf(carrier: ClientCarrier): Promise<string> {
    const error = await carrier.call(utf8("x"), soon()).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "CARRIER_FAILED" });
    expect(calls).toEqual([]);
    return (error as Error).message;
  }

  test("a client's certificate that has expired is refused, and the client is told", async () => {
    const past = await authorityAt(ours.identity, -100);
    const server = await serve(ours.identity);
    const expired = await enrolled(past, "de");
    expect(await refusalOf(client(server.address, () => expired))).toContain(
      "this silo's certificate has expired",
    );
  });

  test("a connection does not outlive its client's certificate", async () => {
    let nowMs = Date.now();
    const server = await serve(ours.identity, { now: () => nowMs });
    const material = await enrolled(ours.identity.authority, "de", 2);
    const carrier = client(server.address, () => material);
    expect(text(await carrier.call(utf8("x"), soon()))).toBe("de");
    // Two days from when it was made, which is a little later than when the server's clock was read.
    nowMs += 2 * DAY_MS + 60_000;
    calls.length = 0;
    expect(await refusalOf(carrier)).toContain("this silo's certificate has expired");
  });

  test("a client's certificate of another authority is refused, and so is a server's used as a client's", async () => {
    const server = await serve(ours.identity);
    const foreign = await enrolled(theirs.identity.authority, "de");
    const carriers = [
      client(server.address, () => foreign),
      client(server.address, ours.identity.tls),
    ];
    for (const carrier of carriers)
      expect(await refusalOf(carrier)).toContain("of another authority, or of no client");
  });

  test("nobody can present a certificate without its key", async () => {
    const server = await serve(ours.identity);
    const [de, fr] = await Promise.all([
      enrolled(ours.identity.authority, "de"),
      enrolled(ours.identity.authority, "fr"),
    ]);
    const mixed = { keyPem: de.keyPem, certificatePem: fr.certificatePem };
    await expect(client(server.address, () => mixed).call(utf8("x"), soon())).rejects.toMatchObject(
      { code: "IDENTITY_DAMAGED" },
    );
    expect(calls).toEqual([]);
  });

  test("a client does not speak to a server of another authority, be it pinned as a whole or by fingerprint", async () => {
    const server = await serve(theirs.identity);
    const { certificatePem, fingerprint } = ours.identity.authority;
    const material = await enrolled(ours.identity.authority, "de");
    expect(
      await refusalOf(client(server.address, () => material, { authorityPem: certificatePem })),
    ).toContain("a certificate of another authority");
    expect(
      await refusalOf(client(server.address, undefined, { authorityFingerprint: fingerprint })),
    ).toContain("not of the authority that the invitation names");
    expect(await refusalOf(client(server.address, undefined, { authority: "system" }))).toContain(
      "a certificate of another authority",
    );
  });

  test("a server that shows the pinned authority's certificate without being of it is refused", async () => {
    const tls = await forgedMaterial(ours.identity.authority);
    const server = await serve({ ...theirs.identity, tls: () => tls });
    const { fingerprint } = ours.identity.authority;
    expect(
      await refusalOf(client(server.address, undefined, { authorityFingerprint: fingerprint })),
    ).toMatch(/a certificate of another authority.*\(CERT_SIGNATURE_FAILURE\)/);
  });

  test("a stranger that knows the authority's fingerprint reaches the server, under no name", async () => {
    const server = await serve(ours.identity);
    const { fingerprint } = ours.identity.authority;
    const carrier = client(server.address, undefined, { authorityFingerprint: fingerprint });
    expect(text(await carrier.call(utf8("x"), soon()))).toBe("undefined");
    expect(text(await carrier.call(utf8("x"), soon()))).toBe("undefined");
  });

  test("a server's certificate is good for its own hosts only", async () => {
    const elsewhere = await temporaryServer({ hosts: ["atoll.example.org"] });
    opened.push({ close: async () => elsewhere.remove() });
    const { certificatePem, fingerprint } = elsewhere.identity.authority;
    const server = await serve(elsewhere.identity);
    for (const trust of [{ authorityPem: certificatePem }, { authorityFingerprint: fingerprint }])
      expect(await refusalOf(client(server.address, undefined, trust))).toContain(
        "of another host name",
      );
  });

  test("a server's certificate that has expired is refused with the way out", async () => {
    const old = await temporaryServer({ now: () => Date.now() - 400 * DAY_MS });
    opened.push({ close: async () => old.remove() });
    const server = await serve(old.identity);
    const trust = { authorityPem: old.identity.authority.certificatePem };
    expect(await refusalOf(client(server.address, undefined, trust))).toContain(
      "the server's certificate has expired",
    );
  });

  test("a server renews its certificate while it runs: new connections see the new one", async () => {
    let nowMs = Date.now() - 340 * DAY_MS;
    const old = await temporaryServer({ now: () => nowMs });
    opened.push({ close: async () => old.remove() });
    const server = await serve(old.identity);
    const authorityPem = old.identity.authority.certificatePem;
    const material = await enrolled(await authorityAt(old.identity, 0), "de");
    const carrier = client(server.address, () => material, { authorityPem });
    expect(text(await carrier.call(utf8("x"), soon()))).toBe("de");

    const before = await presentedSerial(server, authorityPem);
    await server.renewCertificate();
    expect(await presentedSerial(server, authorityPem)).toBe(before);
    nowMs = Date.now();
    await server.renewCertificate();
    const after = await presentedSerial(server, authorityPem);
    expect(after).not.toBe(before);

    // The connection from before goes on; so does a new one.
    expect(text(await carrier.call(utf8("x"), soon()))).toBe("de");
    const other = client(server.address, () => material, { authorityPem });
    expect(text(await other.call(utf8("x"), soon()))).toBe("de");
  });

  test("a client takes another key and certificate while it runs", async () => {
    const server = await serve(ours.identity);
    const [first, second] = await Promise.all([
      enrolled(ours.identity.authority, "first"),
      enrolled(ours.identity.authority, "second"),
    ]);
    let material = first;
    const carrier = client(server.address, () => material);
    expect(text(await carrier.call(utf8("x"), soon()))).toBe("first");
    material = second;
    expect(text(await carrier.call(utf8("x"), soon()))).toBe("second");
    expect(calls).toEqual(["first", "second"]);
  });

  test("TLS 1.2 is not spoken", async () => {
    const server = await serve(ours.identity);
    const error = await new Promise<Error>((resolve, reject) => {
      const socket = connect({
        host: "127.0.0.1",
        port: server.port,
        maxVersion: "TLSv1.2",
        rejectUnauthorized: false,
      });
      socket.once("error", resolve);
      socket.once("secureConnect", () => reject(new Error("it was")));
    });
    expect(error).toMatchObject({ code: "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION" });
  });
});

/** The same authority at another time, in days from now. */
async function authorityAt({ authority }: ServerIdentity, days: number): Promise<Authority> {
  return readAuthority(
    { keyPem: authority.keyPem(), certificatePem: authority.certificatePem },
    { now: () => Date.now() + days * DAY_MS, randomBytes },
  );
}

/** A certificate that names an authority as its issuer, and that another key has signed. */
async function forgedMaterial({ certificatePem }: Authority): Promise<TlsMaterial> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const leaf = await X509CertificateGenerator.create({
    serialNumber: "01",
    issuer: new X509Certificate(certificatePem).subjectName,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    signingKey: keys.privateKey,
    publicKey: keys.publicKey,
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
    extensions: [new SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }])],
  });
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    keyPem: () => pemOf("PRIVATE KEY", new Uint8Array(pkcs8)),
    certificatePem: pemOf("CERTIFICATE", new Uint8Array(leaf.rawData)) + certificatePem,
  };
}

async function presentedSerial(server: HttpsServer, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: server.port, ca }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once("error", reject);
  });
}
