import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts", "benchmarks/**/*.test.ts"],
    setupFiles: ["./scripts/vitest-setup.ts"],
    // By default one core is left idle: on a machine with two, half of them.
    maxWorkers: availableParallelism(),
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ["default", "./scripts/ci-line-reporter.ts"],
  },
});
