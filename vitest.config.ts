import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Tests start hundreds of threads and processes: the first of a kind compiles its sources, the others find them compiled.
process.env["NODE_COMPILE_CACHE"] ??= fileURLToPath(
  new URL("node_modules/.cache/atoll-compiled", import.meta.url),
);

const core = "packages/core/src/**/*.test.ts";
const elsewhere = "**/node_modules/**";
/** What these install stays in their process. */
const installing = ["packages/core/src/extensions/**/*.test.ts"];

export default defineConfig({
  test: {
    setupFiles: ["./scripts/vitest-setup.ts"],
    // By default one core is left idle: on a machine with two, half of them.
    maxWorkers: availableParallelism(),
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ["default", "./scripts/ci-line-reporter.ts"],
    projects: [
      {
        // Pure: whatever ran before in the same process changes nothing, and a process for each file costs more than its tests.
        extends: true,
        test: {
          name: "core",
          include: [core],
          exclude: [elsewhere, ...installing],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "machine",
          include: [
            ...installing,
            "packages/{node,network,cli}/src/**/*.test.ts",
            "test/**/*.test.ts",
            "benchmarks/**/*.test.ts",
          ],
          exclude: [elsewhere],
        },
      },
    ],
  },
});
