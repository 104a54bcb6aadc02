import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AtollError } from "@atoll/core/errors";
import { createAuthority, type TlsMaterial } from "../../identity/index.ts";
import { runChecks } from "../check.ts";
import { doctorFor } from "./doctor.ts";
import { found } from "./found.fixture.ts";
import { helloChecks } from "./hello-checks.ts";
import {
  certificateCheck,
  dataCheck,
  diskChecks,
  fileCheck,
  nodeCheck,
  secretsCheck,
} from "./index.ts";

const DAY_MS = 86_400_000;
let directory: string;
let tls: TlsMaterial;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "atoll-doctor-"));
  const authority = await createAuthority({ now: () => Date.now(), randomBytes });
  tls = await authority.issueServerCertificate({ hosts: ["localhost", "127.0.0.1"] });
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe("running checks", () => {
  test("all run, none throws, and none takes for ever", async () => {
    const outcomes = await runChecks(
      [
        { name: "well", run: async () => ({ ok: true, finding: "fine" }) },
        { name: "rejects", run: () => Promise.reject(new Error("broken")) },
        {
          name: "throws",
          run: () => {
            throw new AtollError("DISK_FULL", "no space");
          },
        },
        { name: "hangs", run: () => new Promise(() => {}) },
      ],
      { limitMs: 20 },
    );
    expect(outcomes).toEqual([
      { name: "well", ok: true, finding: "fine" },
      { name: "rejects", ok: false, finding: "broken" },
      { name: "throws", ok: false, finding: "no space (DISK_FULL)" },
      { name: "hangs", ok: false, finding: "no finding within 0.02 s" },
    ]);
  });
});

describe("the machine", () => {
  test("a disk with room, and one without", async () => {
    const freeBytes = async () => 5.19 * 2 ** 30;
    expect(await found(diskChecks({ directory, freeBytes }))).toEqual({
      disk: `ok: 5.1 GiB are free where ${directory} is`,
      writable: `ok: ${directory} can be written to`,
    });
    expect(readdirSync(directory)).not.toContain(".doctor");
    const full = diskChecks({ directory, freeBytes, leastFreeBytes: 6 * 2 ** 30 });
    expect((await found(full))["disk"]).toBe(
      `5.1 GiB are free where ${directory} is -> make room: at least 6.0 GiB, or move the folder to another disk`,
    );
    expect((await found(diskChecks({ directory, leastFreeBytes: 0 })))["disk"]).toMatch(/^ok: \d/);
  });

  test("a folder that is not there has no disk and cannot be written to", async () => {
    const missing = await found(diskChecks({ directory: join(directory, "no") }));
    expect(missing["disk"]).toContain("ENOENT");
    expect(missing["writable"]).toContain("cannot be written to: ENOENT");
  });

  test.each([
    ["24.1.0", true],
    ["v22.18.0", true],
    ["22.17.9", false],
    ["v20.20.2", false],
  ])("Node %s is new enough: %s", async (version, ok) => {
    expect((await nodeCheck(version, [22, 18]).run()).ok).toBe(ok);
  });
});

describe("files", () => {
  test("secrets that others may read are named, and the key is not", async () => {
    const folder = join(directory, "keys");
    mkdirSync(folder, { mode: 0o700 });
    const key = join(folder, "key.pem");
    writeFileSync(key, "hush", { mode: 0o600 });
    expect((await found([secretsCheck([folder, key])]))["permissions"]).toMatch(/^ok/);
    chmodSync(key, 0o644);
    chmodSync(folder, 0o750);
    const { permissions } = await found([secretsCheck([folder, key])]);
    expect(permissions).toContain(`${folder} has mode 0750, ${key} has mode 0644 -> chmod 600`);
    expect((await found([secretsCheck([`${key}.gone`])]))["permissions"]).toContain("ENOENT");
  });

  test("a policy that cannot be read or is wrong", async () => {
    const path = join(directory, "policy.yaml");
    const policy = (read?: () => void) =>
      found([fileCheck({ name: "policy", path, advice: "correct it", ...(read && { read }) })]);
    expect((await policy())["policy"]).toContain("ENOENT");
    writeFileSync(path, "a: 1");
    expect((await policy())["policy"]).toBe(`ok: ${path} is in order`);
    const wrong = () => {
      throw new Error("line 1: no such rule");
    };
    expect((await policy(wrong))["policy"]).toBe(`${path}: line 1: no such rule -> correct it`);
  });

  test("a folder of data that is missing, empty, a file, or well", async () => {
    const folder = join(directory, "data");
    expect((await found([dataCheck(folder)]))["data"]).toContain("ENOENT");
    mkdirSync(folder);
    expect((await found([dataCheck(folder)]))["data"]).toContain("is empty -> put");
    const file = join(folder, "de.csv");
    writeFileSync(file, "a,b\n");
    expect((await found([dataCheck(folder)]))["data"]).toBe(
      `ok: ${folder} can be read; it has 1 entries`,
    );
    expect((await found([dataCheck(file)]))["data"]).toContain("ENOTDIR");
  });
});

describe("a certificate", () => {
  const check = (at: (nowMs: number) => number) => {
    const path = join(directory, "certificate.pem");
    // As servers keep it: the key comes first.
    writeFileSync(path, tls.keyPem() + tls.certificatePem, { mode: 0o600 });
    return found([certificateCheck({ path, now: () => at(Date.now()), advice: "renew it" })]);
  };

  test("holds for so many days", async () => {
    expect((await check((now) => now))["certificate"]).toContain("holds for 364 more days");
    expect((await check((now) => now))["certificate"]).toMatch(/^ok/);
  });

  test("is about to expire, has expired, or does not hold yet", async () => {
    expect((await check((now) => now + 360 * DAY_MS))["certificate"]).toMatch(
      /holds for 4 more days, until .* -> renew it/,
    );
    expect((await check((now) => now + 366 * DAY_MS))["certificate"]).toMatch(
      /expired on \d{4}-\d\d-\d\d -> renew it/,
    );
    expect((await check((now) => now - 9 * DAY_MS))["certificate"]).toMatch(
      /holds from .* on, and this machine says .* -> set this machine's clock/,
    );
  });

  test("is none", async () => {
    const path = join(directory, "none.pem");
    writeFileSync(path, "nothing");
    const { certificate } = await found([
      certificateCheck({ path, now: () => 0, advice: "renew it" }),
    ]);
    expect(certificate).toContain(`${path} is no certificate`);
  });
});

describe("a hello", () => {
  const hello = (serverTimeMs: number, tookMs = 100) => {
    let nowMs = 1_000_000;
    return found(
      helloChecks({
        hello: async () => {
          nowMs += tookMs;
          return { version: 1, serverTimeMs };
        },
        now: () => nowMs,
      }),
    );
  };

  test("shows that clocks agree, as far as an answer that took a while can tell", async () => {
    expect(await hello(1_000_050)).toEqual({
      protocol: "ok: the server knows this client, and speaks version 1",
      clock: "ok: this machine's clock and the server's agree",
    });
    expect((await hello(1_200_000, 300_000))["clock"]).toMatch(/^ok/);
    expect((await hello(1_010_100))["clock"]).toBe(
      "ok: this machine's clock is at least 10.0 s behind the server's",
    );
  });

  test("shows that clocks do not", async () => {
    expect((await hello(1_070_100))["clock"]).toContain(
      "at least 70.0 s behind the server's -> set",
    );
    expect((await hello(900_000))["clock"]).toContain(
      "at least 100.0 s ahead of the server's -> set",
    );
  });

  test("that is refused", async () => {
    const refused = (code: "CALLER_UNKNOWN" | "CLOCK_SKEW") => {
      const failing = () => Promise.reject(new AtollError(code, "the server says no"));
      return found(helloChecks({ hello: failing, now: () => 0 }));
    };
    const unknown = await refused("CALLER_UNKNOWN");
    expect(unknown["protocol"]).toContain("the server says no (CALLER_UNKNOWN) ->");
    expect(unknown["clock"]).toBe("not tried, as protocol failed -> undefined");
    expect((await refused("CLOCK_SKEW"))["clock"]).toContain(
      "the server says no -> set the clocks",
    );
  });
});

test("the doctor looks at everything that a role has", async () => {
  const place = {
    directory,
    certificatePath: join(directory, "gone.pem"),
    secretPaths: [],
    now: () => 0,
    nodeVersion: "24.0.0",
  };
  const server = doctorFor({ role: "server", ...place, record: async () => {} });
  expect(server.map(({ name }) => name)).toEqual([
    "node",
    "disk",
    "writable",
    "permissions",
    "certificate",
    "record",
  ]);
  expect((await found(server))["record"]).toBe("ok: the record of runs answers");
  const client = {
    role: "client",
    ...place,
    server: { host: "127.0.0.1", port: 1, tls: { authority: "" } },
    hello: () => Promise.reject(new Error("no")),
    policy: { path: join(directory, "no-policy.yaml"), read: () => {} },
    dataDirectory: directory,
  } as const;
  const all = ["node", "disk", "writable", "permissions", "certificate"];
  all.push("dns", "tcp", "tls", "http", "protocol", "clock", "policy", "data");
  expect(Object.keys(await found(doctorFor(client)))).toEqual(all);
  const few = { ...client, server: undefined, policy: undefined, dataDirectory: undefined };
  expect(doctorFor(few)).toHaveLength(7);
});
