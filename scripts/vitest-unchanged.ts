import { isDeepStrictEqual } from "node:util";
import { methodTable } from "@atoll/core/methods";
import { metricTable } from "@atoll/core/metrics";
import { modelTable } from "@atoll/core/models";
import { afterAll, expect, vi } from "vitest";

/** What a file's tests could change of their process, and the files after it would meet. */
const state = (): Record<string, unknown> => ({
  methods: methodTable.names(),
  models: modelTable.names(),
  metrics: metricTable.names(),
  "the working folder": process.cwd(),
  "fake timers": vi.isFakeTimers(),
  ...Object.fromEntries(
    ["SIGINT", "SIGTERM", "SIGHUP", "uncaughtException", "unhandledRejection"].map((event) => [
      `listeners of ${event}`,
      process.listenerCount(event),
    ]),
  ),
  ...environment(),
});

function environment() {
  // Whoever loads ONNX Runtime first sets this one, for good.
  const { ORT_DISABLE_TELEMETRY: _, ...now } = process.env;
  return Object.fromEntries(
    Object.entries(now).map(([name, value]) => [`variable ${name}`, value]),
  );
}

// Hooks that come first end last: what a file puts right at its end is unchanged. Names only: values may be secrets.
const before = state();
afterAll(() => {
  const after = state();
  const changed = Object.keys({ ...before, ...after }).filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  );
  expect(
    changed,
    "what this file changes in its process; put it right, or list the file as `alone` in vitest.config.ts",
  ).toEqual([]);
});
