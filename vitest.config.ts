import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Tests start hundreds of threads and processes: the first of a kind compiles its sources, the others find them compiled.
process.env["NODE_COMPILE_CACHE"] ??= fileURLToPath(
  new URL("node_modules/.cache/atoll-compiled", import.meta.url),
);

const core = "packages/core/src/**/*.test.ts";
const elsewhere = "**/node_modules/**";
/**
 * What these change lasts as long as their process (extensions, mocked modules), or they measure its memory. They come first,
 * and so does the longest, which would else go on when all others have ended.
 */
const alone = [
  "packages/core/src/extensions/**/*.test.ts",
  "packages/node/src/executor/steady.test.ts",
  "packages/node/src/experiment/extensions.test.ts",
  "packages/node/src/extensions/load.test.ts",
  "packages/node/src/runs/extensions.test.ts",
  "packages/node/src/sqlite/without-experimental-warnings.test.ts",
  "packages/node/src/tune/move-extensions.test.ts",
  "packages/network/src/hosting/liars.test.ts",
  "packages/cli/src/commands/deployment.test.ts",
  "test/docs-snippets.test.ts",
  "test/extending.test.ts",
  "test/newcomer.test.ts",
];

const common = "./scripts/vitest-setup.ts";
/**
 * A process runs many files, one after another: to load all sources for each costs more than most of their tests. What
 * comes first changes nothing for the rest, which the last of the set-up files holds them to.
 */
const sharing = {
  isolate: false,
  setupFiles: [common, "./scripts/vitest-unchanged.ts"],
};

export default defineConfig({
  test: {
    // By default one core is left idle. One more than there are works while others wait for a server or a file.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ["default", "./scripts/ci-line-reporter.ts"],
    projects: [
      {
        extends: true,
        test: { name: "core", include: [core], exclude: [elsewhere, ...alone], ...sharing },
      },
      {
        extends: true,
        test: {
          name: "machine",
          include: [
            "packages/{node,network,cli}/src/**/*.test.ts",
            "test/**/*.test.ts",
            "benchmarks/**/*.test.ts",
          ],
          exclude: [elsewhere, ...alone],
          ...sharing,
        },
      },
      {
        extends: true,
        test: { name: "alone", include: alone, exclude: [elsewhere], setupFiles: [common] },
      },
    ],
  },
});
