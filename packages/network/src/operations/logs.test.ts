import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AtollError } from "@atoll/core/errors";
import { createLog, type LogLevel, silentLog } from "./logs.ts";
import { REDACTED, scrub } from "./scrub.ts";

function logged(level: LogLevel = "debug") {
  const lines: string[] = [];
  const log = createLog({ write: (line) => lines.push(line), level, now: () => 1_700_000_000_000 });
  return { log, lines, entries: () => lines.map((line) => JSON.parse(line) as unknown) };
}

describe("a log", () => {
  test("is lines of JSON with level, time, event and fields", () => {
    const { log, lines } = logged();
    log.info("round.closed", { round: 3, waitMs: 12.5 });
    log.error("carrier.failed");
    expect(lines).toEqual([
      '{"level":"info","time":"2023-11-14T22:13:20.000Z","round":3,"waitMs":12.5,"event":"round.closed"}\n',
      '{"level":"error","time":"2023-11-14T22:13:20.000Z","event":"carrier.failed"}\n',
    ]);
  });

  test("says what it is about in each line of a child, and of a child's child", () => {
    const { log, entries } = logged();
    const run = log.child({ run: "r1" });
    run.child({ cell: "fedavg/1", client: "de" }).warn("task.dropped");
    run.info("run.done");
    expect(entries()).toMatchObject([
      { run: "r1", cell: "fedavg/1", client: "de", event: "task.dropped" },
      { run: "r1", event: "run.done" },
    ]);
    expect(entries()[1]).not.toHaveProperty("client");
  });

  test("leaves out what is below its level, also in children", () => {
    const { log, entries } = logged("warn");
    log.debug("a");
    log.child({ run: "r" }).info("b");
    log.warn("c");
    log.error("d");
    expect(entries()).toMatchObject([{ event: "c" }, { event: "d" }]);
  });

  test("an error is its code and message; one that nobody expected keeps its stack", () => {
    const { log, entries } = logged();
    log.error("failed", { error: new AtollError("DATA_EMPTY_FILE", "a.csv has no rows") });
    log.error("failed", { error: new TypeError("no", { cause: new Error("why") }) });
    expect(entries()[0]).toMatchObject({
      error: { code: "DATA_EMPTY_FILE", message: "a.csv has no rows" },
    });
    expect(entries()[0]).not.toHaveProperty("error.stack");
    expect(entries()[1]).toMatchObject({
      error: {
        message: "no",
        stack: expect.stringContaining("logs.test.ts") as string,
        cause: { message: "why" },
      },
    });
  });

  test("a silent one writes nothing and has silent children", () => {
    expect(silentLog.child({ run: "r" })).toBe(silentLog);
  });
});

describe("secrets", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }) as string;

  test("are left out by the name of their member, however deep and in lists and bindings", () => {
    const { log, lines } = logged();
    const names = ["token", "adminToken", "key", "private_key", "authorization", "Invitation"];
    names.push("password", "clientSecret", "tokenHash", "privateKey", "apiKey", "Cookie");
    for (const name of names) {
      log.info("a", { [name]: "hush", deep: [{ deeper: { [name]: { inside: "hush" } } }] });
      log.child({ [name]: "hush" }).info("a");
    }
    expect(lines).toHaveLength(2 * names.length);
    expect(lines.filter((line) => line.includes("hush"))).toEqual([]);
    expect(lines.filter((line) => !line.includes(REDACTED))).toEqual([]);
  });

  test.each([
    ["Authorization: Bearer abc.def-123", `Authorization: Bearer ${REDACTED}`],
    [
      "cannot reach postgres://me:pass@db:5432/atoll",
      `cannot reach postgres://${REDACTED}@db:5432/atoll`,
    ],
    ["nats://tok3n@hub:4222", `nats://${REDACTED}@hub:4222`],
    [`key: ${pem}.`, `key: ${REDACTED}\n.`],
    [`cut off: ${pem.slice(0, 60)}`, `cut off: ${REDACTED}`],
    ["join atoll1.abcdefghijklmnopqrstuvwxyz-_23 now", `join ${REDACTED} now`],
  ])("are left out of texts: %j", (text, expected) => {
    const { log, entries } = logged();
    log.info(text, { text, error: new Error(text) });
    expect(entries()).toMatchObject([
      { event: expected, text: expected, error: { message: expected } },
    ]);
    expect(JSON.stringify(entries())).not.toMatch(/abc|me:pass|tok3n|MC4C/);
  });

  test("what is none stays", () => {
    const fields = {
      publicKey: publicKey.export({ type: "spki", format: "der" }).toString("base64"),
      tokens: 12,
      keys: 3,
      monkey: 1,
      url: "https://server.example:7443/a@b",
      client: "de",
      atoll: "atoll:client:a-rather-long-name-of-a-silo of atoll1.2",
    };
    expect(scrub(fields)).toEqual(fields);
  });

  test("bytes are only counted, what is very deep, long or circular is cut", () => {
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    const { log, lines } = logged();
    log.info("a", { bytes: new Uint8Array(9), circular, long: "x".repeat(100_000), big: 5n });
    expect(lines[0]).toContain('"bytes":"<9 bytes>"');
    expect(lines[0]).toContain("<deeper>");
    expect(lines[0]).toContain('"big":"5"');
    expect(lines[0]!.length).toBeLessThan(5000);
  });

  test("anything can be logged", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), fc.string(), (fields, event) => {
        const { log, entries } = logged();
        log.info(event, fields);
        expect(entries()).toHaveLength(1);
      }),
      { numRuns: 200 },
    );
  });
});
