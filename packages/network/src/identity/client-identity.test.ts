import { randomBytes } from "node:crypto";
import {
  chmodSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { createAuthority, type Authority } from "./authority.ts";
import { makeRequest } from "./certificate-request.ts";
import {
  prepareKey,
  readClientIdentity,
  storeCertificate,
  storeEnrolment,
  type ClientIdentity,
} from "./client-identity.ts";
import { temporaryFolders } from "./folder.fixture.ts";
import { generateSigningKey, verify } from "./signing-key.ts";

const folder = temporaryFolders();
const issuing = { now: () => Date.UTC(2030, 4, 17), randomBytes };
const authority = await createAuthority(issuing);
const server = {
  urls: ["https://localhost:7443"],
  serverPublicKey: generateSigningKey().publicKey,
  client: "de",
};

async function certificateFor(directory: string, by: Authority = authority, client = "de") {
  const request = await makeRequest(prepareKey(directory), client);
  return (await by.issueClientCertificate(request, { client })).certificatePem;
}

async function enrol(directory: string, by: Authority = authority): Promise<ClientIdentity> {
  return storeEnrolment(directory, {
    server,
    authorityPem: by.certificatePem,
    authorityFingerprint: by.fingerprint,
    certificatePem: await certificateFor(directory, by),
  });
}

test("a silo's identity comes back from its folder, which its owner alone may read", async () => {
  const directory = join(folder(), "silo");
  const joined = await enrol(directory);
  const read = readClientIdentity(directory);
  expect(read).toMatchObject({ ...server, authorityPem: authority.certificatePem });
  expect(read.notAfterMs).toBe(issuing.now() + 90 * 86_400_000);
  expect(read.key.publicKey).toBe(joined.key.publicKey);
  expect(verify(joined.key.publicKey, Uint8Array.of(1), read.key.sign(Uint8Array.of(1)))).toBe(
    true,
  );
  expect(read.tls().certificatePem).toBe(joined.tls().certificatePem);
  for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
    const stats = statSync(join(directory, name));
    expect(stats.mode & 0o777).toBe(stats.isDirectory() ? 0o700 : 0o600);
  }
});

test("a key that was prepared stays until its certificate comes: asking may be broken off", async () => {
  const directory = join(folder(), "silo");
  const key = prepareKey(directory);
  expect(prepareKey(directory).publicKey).toBe(key.publicKey);
  expect(() => readClientIdentity(directory)).toThrow(
    expect.objectContaining({ code: "IDENTITY_MISSING" }),
  );
  expect((await enrol(directory)).key.publicKey).toBe(key.publicKey);
  expect(prepareKey(directory).publicKey).not.toBe(key.publicKey);
});

test("rotation replaces key and certificate together; a kill before its last step leaves the old ones", async () => {
  const parent = folder();
  const directory = join(parent, "silo");
  const before = await enrol(directory);
  const certificatePem = await certificateFor(directory);
  // As if killed right before the step that lets the new generation count.
  const killed = join(parent, "killed");
  cpSync(directory, killed, { recursive: true });
  writeFileSync(join(killed, "generations", "2", "certificate.pem"), certificatePem);

  const after = storeCertificate(directory, certificatePem);
  expect(after.key.publicKey).not.toBe(before.key.publicKey);
  expect(after).toMatchObject(server);
  expect(readClientIdentity(directory).key.publicKey).toBe(after.key.publicKey);
  // The old key is gone.
  expect(readdirSync(join(directory, "generations"))).toEqual(["2"]);

  expect(readClientIdentity(killed).key.publicKey).toBe(before.key.publicKey);
  expect(storeCertificate(killed, certificatePem).key.publicKey).toBe(after.key.publicKey);
});

test("a silo may join another server from the same folder", async () => {
  const directory = join(folder(), "silo");
  await enrol(directory);
  const other = await createAuthority(issuing);
  expect((await enrol(directory, other)).authorityPem).toBe(other.certificatePem);
});

test("parts that do not fit are refused, and what was there stays", async () => {
  const directory = join(folder(), "silo");
  const before = await enrol(directory);
  const other = await createAuthority(issuing);
  const enrolment = {
    server,
    authorityPem: authority.certificatePem,
    authorityFingerprint: authority.fingerprint,
    certificatePem: await certificateFor(directory),
  };
  const damaged = expect.objectContaining({ code: "IDENTITY_DAMAGED" }) as Error;
  const wrong = [
    { authorityFingerprint: other.fingerprint },
    { authorityPem: "" },
    { certificatePem: await certificateFor(directory, other) },
    { certificatePem: await certificateFor(directory, authority, "fr") },
    { certificatePem: before.tls().certificatePem },
    { certificatePem: "" },
  ];
  for (const part of wrong)
    expect(() => storeEnrolment(directory, { ...enrolment, ...part })).toThrow(damaged);
  expect(readClientIdentity(directory).key.publicKey).toBe(before.key.publicKey);
  expect(storeEnrolment(directory, enrolment).key.publicKey).not.toBe(before.key.publicKey);
});

test("what is missing, damaged or open to others is told by its path", async () => {
  const directory = join(folder(), "silo");
  await enrol(directory);
  const generation = join(directory, "generations", "1");
  chmodSync(join(generation, "key.pem"), 0o644);
  expect(() => readClientIdentity(directory)).toThrow(
    expect.objectContaining({
      code: "IDENTITY_PERMISSIONS",
      message: expect.stringContaining(`chmod 600 ${join(generation, "key.pem")}`) as string,
    }),
  );
  chmodSync(join(generation, "key.pem"), 0o600);
  for (const path of [
    ...["key.pem", "certificate.pem", "authority.pem", "server.json"].map((name) =>
      join(generation, name),
    ),
    join(directory, "current"),
  ]) {
    const kept = readFileSync(path);
    writeFileSync(path, "x");
    expect(() => readClientIdentity(directory)).toThrow(
      expect.objectContaining({ code: "IDENTITY_DAMAGED" }),
    );
    rmSync(path);
    expect(() => readClientIdentity(directory)).toThrow(
      expect.objectContaining({
        code: path.endsWith("current") ? "IDENTITY_MISSING" : "IDENTITY_DAMAGED",
      }),
    );
    writeFileSync(path, kept, { mode: 0o600 });
  }
  expect(readClientIdentity(directory).client).toBe("de");
});

test("printing a silo's identity shows no private key", async () => {
  const directory = join(folder(), "silo");
  const identity = await enrol(directory);
  const printed = inspect(identity, { depth: 10, showHidden: true }) + JSON.stringify(identity);
  expect(printed).toContain(identity.key.publicKey);
  expect(printed).not.toContain("PRIVATE");
  const [, secret] = identity.tls().keyPem().split("\n");
  expect(printed).not.toContain(secret!.slice(-20));
});
