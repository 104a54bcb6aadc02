import { X509Certificate, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOfCertificate, createServerIdentity } from "../identity/index.ts";
import { writeNatsFiles } from "./nats-files.ts";

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2030, 0, 1);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-nats-files-"));
  await createServerIdentity(join(folder, "hub"), {
    hosts: ["localhost"],
    now: () => START_MS,
    randomBytes,
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const write = (clients: readonly string[], afterDays = 0) =>
  writeNatsFiles(join(folder, "hub"), {
    out: join(folder, "nats"),
    hosts: ["nats.example.org"],
    port: 4222,
    clients,
    leaves: [{ name: "eu", hosts: ["eu.example.org"], clients: ["de", "fr"] }],
    now: () => START_MS + afterDays * DAY_MS,
  });
const read = (...parts: string[]) => readFile(join(folder, "nats", ...parts), "utf8");
const certificate = async (...parts: string[]) => new X509Certificate(await read(...parts));

test("the hub knows the coordinator, its own clients, and the leaf node, which knows those of its region", async () => {
  const { coordinator, folders } = await write(["de", "us"]);
  expect(folders).toEqual([join(folder, "nats"), join(folder, "nats", "leaf-eu")]);
  const users = (config: string) =>
    [...config.matchAll(/user: "([^"]+)"/g)].map(([, name]) => name);
  expect(users(await read("nats.conf"))).toEqual([
    "atoll:client:%24coordinator",
    "atoll:client:us",
    "atoll:client:%24leaf%20eu",
  ]);
  // Nobody has joined as "fr" yet.
  const leaf = await read("leaf-eu", "nats.conf");
  expect(users(leaf)).toEqual(["atoll:client:de"]);
  expect(leaf).toContain('urls: ["tls://nats.example.org:7422"]');
  const own = new X509Certificate(await readFile(coordinator.cert));
  expect(clientOfCertificate(own.raw)).toBe("$coordinator");
  expect(own.checkIssued(new X509Certificate(await readFile(coordinator.ca)))).toBe(true);
  expect((await certificate("broker.pem")).checkHost("nats.example.org")).toBe("nats.example.org");
  expect((await certificate("leaf-eu", "broker.pem")).checkHost("eu.example.org")).toBeDefined();
  expect((await stat(coordinator.key)).mode & 0o777).toBe(0o600);
});

test("written anew, certificates that still hold stay, others are made", async () => {
  const serial = async () => (await certificate("coordinator.pem")).serialNumber;
  const first = await serial();
  await write(["us", "fr"], 300);
  expect(await read("leaf-eu", "nats.conf")).toContain('"atoll:client:fr"');
  expect(await serial()).toBe(first);
  await write(["us"], 350);
  expect(await serial()).not.toBe(first);
});
