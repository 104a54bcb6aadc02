import "reflect-metadata";
import { X509Certificate, randomBytes } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsagesExtension,
  KeyUsageFlags,
  Pkcs10CertificateRequestGenerator,
  X509Certificate as Parsed,
} from "@peculiar/x509";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createAuthority, fingerprintOf, readAuthority } from "./authority.ts";
import { clientOfCertificate } from "./certificate-names.ts";
import { makeRequest, publicKeyOfRequest } from "./certificate-request.ts";
import { dersOf, pemOf } from "./pem.ts";
import { generateSigningKey } from "./signing-key.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2030, 4, 17, 12, 0, 0);
const issuing = { now: () => NOW_MS, randomBytes };
const authority = await createAuthority(issuing);
const key = generateSigningKey();

describe("an authority", () => {
  test("is an ECDSA P-256 root for ten years that signs end entities only", () => {
    const certificate = new X509Certificate(authority.certificatePem);
    expect(certificate.ca).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
    expect(certificate.validFromDate).toEqual(new Date(NOW_MS - DAY_MS));
    expect(certificate.validToDate).toEqual(new Date(NOW_MS + 3652 * DAY_MS));
    const parsed = new Parsed(authority.certificatePem);
    expect(parsed.getExtension(BasicConstraintsExtension)).toMatchObject({
      ca: true,
      pathLength: 0,
      critical: true,
    });
    expect(authority.fingerprint).toBe(
      certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
    );
  });

  test("comes back from what was written down", async () => {
    const written = { keyPem: authority.keyPem(), certificatePem: authority.certificatePem };
    const again = await readAuthority(written, issuing);
    expect(again.fingerprint).toBe(authority.fingerprint);
    const issued = await again.issueClientCertificate(await makeRequest(key, "de"), {
      client: "de",
    });
    const root = new X509Certificate(authority.certificatePem);
    expect(new X509Certificate(issued.certificatePem).verify(root.publicKey)).toBe(true);
    for (const part of ["keyPem", "certificatePem"] as const)
      await expect(readAuthority({ ...written, [part]: "" }, issuing)).rejects.toMatchObject({
        code: "IDENTITY_DAMAGED",
      });
  });

  test("issues a server's certificate for its names and addresses, for a year", async () => {
    const hosts = ["atoll.example.org", "10.0.0.7", "::1"];
    const { certificatePem, keyPem } = await authority.issueServerCertificate({ hosts });
    const [leaf, root, ...others] = dersOf("CERTIFICATE", certificatePem);
    expect(fingerprintOf(root!)).toBe(authority.fingerprint);
    expect(others).toEqual([]);
    const certificate = new X509Certificate(leaf!);
    expect(certificate.checkHost("atoll.example.org")).toBe("atoll.example.org");
    expect(certificate.checkHost("example.org")).toBeUndefined();
    expect(certificate.checkIP("10.0.0.7")).toBe("10.0.0.7");
    expect(certificate.checkIP("::1")).toBe("::1");
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(certificate.ca).toBe(false);
    expect(certificate.validToDate).toEqual(new Date(NOW_MS + 365 * DAY_MS));
    expect(keyPem()).toContain("BEGIN PRIVATE KEY");
  });

  test.each([[[]], [["https://a.org"]], [["a.org:7443"]], [["a_b"]], [[""]], [["a..b"]]])(
    "does not take %j for hosts",
    async (hosts) => {
      await expect(authority.issueServerCertificate({ hosts })).rejects.toMatchObject({
        code: "IDENTITY_REQUEST",
      });
    },
  );

  test("issues a client's certificate for the request's key and the server's name of the client, for ninety days", async () => {
    const request = await makeRequest(key, "whatever the request says");
    const issued = await authority.issueClientCertificate(request, { client: "de" });
    const certificate = new X509Certificate(issued.certificatePem);
    expect(certificate.subject).toBe("CN=de");
    expect(certificate.subjectAltName).toBe("URI:atoll:client:de");
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(issued.publicKey).toBe(key.publicKey);
    expect(certificate.publicKey.export({ type: "spki", format: "der" }).toString("base64")).toBe(
      key.publicKey,
    );
    expect(issued.notAfterMs).toBe(NOW_MS + 90 * DAY_MS);
    expect(certificate.validToDate.getTime()).toBe(issued.notAfterMs);
    expect(certificate.serialNumber.toLowerCase()).toBe(issued.serial);
    expect(issued.serial).toMatch(/^[4-7][0-9a-f]{31}$/);
    const parsed = new Parsed(issued.certificatePem);
    expect(parsed.getExtension(KeyUsagesExtension)!.usages).toBe(KeyUsageFlags.digitalSignature);
    expect(parsed.getExtension(ExtendedKeyUsageExtension)!.usages).toHaveLength(1);
    const next = await authority.issueClientCertificate(request, { client: "de", days: 1 });
    expect(next.serial).not.toBe(issued.serial);
    expect(next.notAfterMs).toBe(NOW_MS + DAY_MS);
  });

  test("issues nothing that outlives it", async () => {
    const written = { keyPem: authority.keyPem(), certificatePem: authority.certificatePem };
    const late = await readAuthority(written, {
      now: () => NOW_MS + 3600 * DAY_MS,
      randomBytes,
    });
    const issued = await late.issueClientCertificate(await makeRequest(key, "de"), {
      client: "de",
    });
    expect(issued.notAfterMs).toBe(NOW_MS + 3652 * DAY_MS);
  });
});

describe("the name in a client's certificate", () => {
  test("is read back whatever it is, and is never another's", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1, maxLength: 200, unit: "binary" }),
        async (name) => {
          fc.pre(name.length <= 200);
          const request = await makeRequest(key, name);
          const issued = await authority.issueClientCertificate(request, { client: name });
          const [der] = dersOf("CERTIFICATE", issued.certificatePem);
          expect(clientOfCertificate(der!)).toBe(name);
        },
      ),
      { numRuns: 20 },
    );
    for (const name of ["#0c", "a, CN=b", "URI:atoll:client:de", "x".repeat(200), "\u0000de"]) {
      const issued = await authority.issueClientCertificate(await makeRequest(key, name), {
        client: name,
      });
      expect(clientOfCertificate(dersOf("CERTIFICATE", issued.certificatePem)[0]!)).toBe(name);
    }
  });

  test("is none in other certificates and in other bytes", async () => {
    expect(
      clientOfCertificate(dersOf("CERTIFICATE", authority.certificatePem)[0]!),
    ).toBeUndefined();
    const server = await authority.issueServerCertificate({ hosts: ["localhost"] });
    expect(clientOfCertificate(dersOf("CERTIFICATE", server.certificatePem)[0]!)).toBeUndefined();
    fc.assert(fc.property(fc.uint8Array(), (bytes) => clientOfCertificate(bytes) === undefined));
  });

  test.each(["", "x".repeat(201), "\ud800"])("cannot be %j", async (client) => {
    const request = await makeRequest(key, "de");
    await expect(authority.issueClientCertificate(request, { client })).rejects.toMatchObject({
      code: "IDENTITY_REQUEST",
    });
  });
});

describe("a request for a certificate", () => {
  const refused = { code: "IDENTITY_REQUEST" };

  test("gives its key away, and nothing but a whole one does", async () => {
    const request = await makeRequest(key, "de");
    expect(await publicKeyOfRequest(request)).toBe(key.publicKey);
    for (const other of [
      "",
      "x",
      request.slice(0, 200),
      request + request,
      authority.certificatePem,
    ])
      await expect(publicKeyOfRequest(other)).rejects.toMatchObject(refused);
    await expect(publicKeyOfRequest(request.padEnd(10_000, "\n"))).rejects.toMatchObject(refused);
  });

  test("with any byte changed is refused, or is still about the key that signed it", async () => {
    const [der] = dersOf("CERTIFICATE REQUEST", await makeRequest(key, "de"));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(der!.length - 1), fc.integer({ min: 1, max: 255 })), {
          minLength: 1,
          maxLength: 3,
        }),
        async (changes) => {
          const bytes = Uint8Array.from(der!);
          for (const [at, mask] of changes) bytes[at]! ^= mask;
          const read = await publicKeyOfRequest(pemOf("CERTIFICATE REQUEST", bytes)).catch(
            (error: unknown) => error,
          );
          if (read !== key.publicKey) expect(read).toMatchObject(refused);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("about another key than the one that signed it is refused, and so is one of another kind", async () => {
    const generate = async (algorithm: { name: string }) =>
      (await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as CryptoKeyPair;
    const [mine, yours] = [
      await generate({ name: "Ed25519" }),
      await generate({ name: "Ed25519" }),
    ];
    const stolen = await Pkcs10CertificateRequestGenerator.create({
      name: "CN=de",
      keys: { privateKey: mine.privateKey, publicKey: yours.publicKey },
      signingAlgorithm: { name: "Ed25519" },
    });
    await expect(publicKeyOfRequest(stolen.toString("pem"))).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining("not signed by its own key") as string,
    });
    const ecdsa = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const other = await Pkcs10CertificateRequestGenerator.create({
      name: "CN=de",
      keys: await generate(ecdsa),
      signingAlgorithm: ecdsa,
    });
    await expect(publicKeyOfRequest(other.toString("pem"))).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining("not about an Ed25519 key") as string,
    });
  });
});
