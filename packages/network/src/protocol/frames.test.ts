import { expect, test } from "vitest";
import { fuzzFrames, quickKey, quickVerify } from "./frames.fixture.ts";
import { serverForTest } from "./protocol.fixture.ts";

test("20,000 random, damaged and lying frames: each is answered, none breaks the server", async () => {
  const key = quickKey("de");
  const server = serverForTest(
    {
      arrival: async (claim) => ({ ...claim, receivedBytes: 0, isWhole: false }),
      put: async ({ sha256, sizeBytes }) => ({
        sha256,
        sizeBytes,
        receivedBytes: 0,
        isWhole: false,
      }),
      fetch: async () => ({ sizeBytes: 5 }),
    },
    {
      identify: async (name) => (name === "de" ? { publicKeys: [key.publicKey] } : undefined),
      serverKey: quickKey("server"),
      verify: quickVerify,
    },
  );
  const nowMs = server.clock.nowMs;
  const counts = await fuzzFrames(server.serve, { key, nowMs, count: 20_000, seed: 1 });
  // Nothing went wrong inside, and every kind of refusal was reached.
  expect(server.errors).toEqual([]);
  expect([...counts.answers.keys()].toSorted()).toEqual([
    "CALLER_UNKNOWN",
    "CALL_INVALID",
    "CLOCK_SKEW",
    "FRAME_MALFORMED",
    "SESSION_UNKNOWN",
    "SIGNATURE_INVALID",
    "VERSION_UNSUPPORTED",
    "ok",
  ]);
  expect(counts.decoded).toBeGreaterThan(8000);
  expect(counts.decoded).toBeLessThan(16_000);
  expect(counts.largestAnswerBytes).toBeLessThan(8192);
});
