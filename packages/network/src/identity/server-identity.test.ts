import { randomBytes, X509Certificate } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { temporaryFolders } from "./folder.fixture.ts";
import { createServerIdentity, readServerIdentity } from "./server-identity.ts";
import { verify } from "./signing-key.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2030, 4, 17);
const folder = temporaryFolders();
const hosts = ["localhost", "127.0.0.1"];
const at = (days: number) => ({ now: () => NOW_MS + days * DAY_MS, randomBytes });
const endOf = (pem: string) => new X509Certificate(pem).validToDate.getTime();

test("a server's identity comes back from its folder, which its owner alone may read", async () => {
  const directory = join(folder(), "atoll", "server");
  const made = await createServerIdentity(directory, { hosts, ...at(0) });
  expect(readdirSync(join(directory, ".."))).toEqual(["server"]);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(directory))
    expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  const read = await readServerIdentity(directory, at(1));
  expect(read.authority.fingerprint).toBe(made.authority.fingerprint);
  expect(read.hosts).toEqual(hosts);
  expect(read.key.publicKey).toBe(made.key.publicKey);
  expect(verify(made.key.publicKey, Uint8Array.of(1), read.key.sign(Uint8Array.of(1)))).toBe(true);
  expect(read.tls().certificatePem).toBe(made.tls().certificatePem);
  expect(read.tls().keyPem()).toBe(made.tls().keyPem());
});

test("a folder with anything in it is left alone; an empty one is taken", async () => {
  const directory = folder();
  const made = await createServerIdentity(directory, { hosts, ...at(0) });
  await expect(createServerIdentity(directory, { hosts, ...at(0) })).rejects.toMatchObject({
    code: "IDENTITY_EXISTS",
  });
  expect((await readServerIdentity(directory, at(0))).key.publicKey).toBe(made.key.publicKey);
  expect(readdirSync(join(directory, "..")).filter((name) => name.includes(".new-"))).toEqual([]);
});

test("the certificate for TLS is renewed thirty days before its end, on reading and while running; the rest stays", async () => {
  const directory = join(folder(), "server");
  let nowMs = NOW_MS;
  const identity = await createServerIdentity(directory, { hosts, now: () => nowMs, randomBytes });
  const first = identity.tls();
  expect(endOf(first.certificatePem)).toBe(NOW_MS + 365 * DAY_MS);
  nowMs = NOW_MS + 335 * DAY_MS - 1;
  expect(await identity.renew()).toBe(false);
  expect(identity.tls().certificatePem).toBe(first.certificatePem);
  nowMs += 1;
  expect(await identity.renew()).toBe(true);
  expect(endOf(identity.tls().certificatePem)).toBe(nowMs + 365 * DAY_MS);
  expect(identity.tls().keyPem()).not.toBe(first.keyPem());
  expect(await identity.renew()).toBe(false);

  const read = await readServerIdentity(directory, at(336));
  expect(read.tls().certificatePem).toBe(identity.tls().certificatePem);
  const later = await readServerIdentity(directory, at(2000));
  expect(endOf(later.tls().certificatePem)).toBe(NOW_MS + 2365 * DAY_MS);
  expect(later.authority.fingerprint).toBe(identity.authority.fingerprint);
  expect(later.key.publicKey).toBe(identity.key.publicKey);
});

test("what is missing, damaged or open to others is told by its path", async () => {
  const parent = folder();
  await expect(readServerIdentity(join(parent, "none"), at(0))).rejects.toMatchObject({
    code: "IDENTITY_MISSING",
  });
  const directory = join(parent, "server");
  await createServerIdentity(directory, { hosts, ...at(0) });
  for (const name of ["authority-key.pem", "signing-key.pem", "tls.pem"]) {
    const path = join(directory, name);
    const kept = readFileSync(path);
    chmodSync(path, 0o640);
    await expect(readServerIdentity(directory, at(0))).rejects.toMatchObject({
      code: "IDENTITY_PERMISSIONS",
      message: expect.stringContaining(`chmod 600 ${path}`) as string,
    });
    writeFileSync(path, "");
    chmodSync(path, 0o600);
    await expect(readServerIdentity(directory, at(0))).rejects.toMatchObject({
      code: "IDENTITY_DAMAGED",
    });
    rmSync(path);
    await expect(readServerIdentity(directory, at(0))).rejects.toMatchObject({
      code: "IDENTITY_DAMAGED",
      message: expect.stringContaining(path) as string,
    });
    writeFileSync(path, kept, { mode: 0o600 });
  }
  expect((await readServerIdentity(directory, at(0))).hosts).toEqual(hosts);
});

test("a folder that cannot be made leaves nothing behind", async () => {
  const parent = folder();
  mkdirSync(join(parent, "server"));
  writeFileSync(join(parent, "server", "notes.txt"), "mine");
  await expect(
    createServerIdentity(join(parent, "server"), { hosts, ...at(0) }),
  ).rejects.toMatchObject({ code: "IDENTITY_EXISTS" });
  await expect(
    createServerIdentity(join(parent, "other"), { hosts: [], ...at(0) }),
  ).rejects.toMatchObject({ code: "IDENTITY_REQUEST" });
  expect(readdirSync(parent)).toEqual(["server"]);
  expect(readdirSync(join(parent, "server"))).toEqual(["notes.txt"]);
});

test("printing a server's identity shows no private key", async () => {
  const directory = join(folder(), "server");
  const identity = await createServerIdentity(directory, { hosts, ...at(0) });
  const printed = inspect(identity, { depth: 10, showHidden: true }) + JSON.stringify(identity);
  expect(printed).toContain(identity.key.publicKey);
  expect(printed).not.toContain("PRIVATE");
  for (const name of ["authority-key.pem", "signing-key.pem", "tls.pem"]) {
    const [, secret] = readFileSync(join(directory, name), "utf8").split("\n");
    expect(printed).not.toContain(secret!.slice(-20));
  }
});
