import { isDeepStrictEqual, parseArgs } from "node:util";
import { findNats, startNats } from "../../packages/network/src/carriers/nats/nats.fixture.ts";
import { deploy, sharedThreads } from "../../packages/network/src/hosting/deployment.fixture.ts";
import { tinyExperiment } from "../../packages/network/src/hosting/experiments.fixture.ts";
import { runThroughFaults } from "../../packages/network/src/hosting/faulty-run.fixture.ts";

/*
 * Runs a small federation through a proxy that cuts, resets, delays, truncates, corrupts, doubles, reorders and stalls
 * what passes, at bytes that a seed decides, over HTTPS and over NATS, and compares all that comes of it with an
 * undisturbed run, bit for bit.
 *   node benchmarks/network/faults.ts [--seeds 20] [--first 1] [--connections 40] [--carrier https|nats]
 */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "20" },
    first: { type: "string", default: "1" },
    connections: { type: "string", default: "40" },
    carrier: { type: "string" },
  },
});
const threads = sharedThreads();
const clients = ["a", "b"];
const experiment = tinyExperiment({ federation: { rounds: 6, shared: ["segment"] } });

const deployment = await deploy(clients, threads);
for (const client of clients) deployment.startSilo(client);
const run = await deployment.submit(experiment);
await deployment.untilForgotten(run);
const expected = await deployment.numbers(run);
await deployment.close();
if (expected.state !== "done") throw new Error(`${expected.state}: ${expected.reason}`);

const nats = findNats() === undefined ? undefined : await startNats();
const carriers = [["https", undefined] as const, ...(nats ? [["nats", nats.port] as const] : [])];
const counts = new Map<string, number>();
let isAllSame = true;
try {
  for (const [carrier, natsPort] of carriers) {
    if (values.carrier !== undefined && values.carrier !== carrier) continue;
    let numFaults = 0;
    let numDifferent = 0;
    for (let i = 0; i < Number(values.seeds); i++) {
      const seed = Number(values.first) + i;
      try {
        const { numbers, happened } = await runThroughFaults({
          clients,
          experiment,
          threads,
          seed,
          connections: Number(values.connections),
          deadlineMs: 180_000,
          ...(natsPort !== undefined && { natsPort }),
        });
        numFaults += happened.length;
        for (const { kind } of happened) counts.set(kind, (counts.get(kind) ?? 0) + 1);
        if (isDeepStrictEqual(numbers, expected)) continue;
        process.stdout.write(
          `${carrier}, seed ${seed}: ${numbers.state} ${numbers.reason ?? ""}\n`,
        );
      } catch (error) {
        process.stdout.write(`${carrier}, seed ${seed}: ${String(error)}\n`);
      }
      numDifferent += 1;
      isAllSame = false;
    }
    process.stdout.write(
      `${carrier}: ${values.seeds} runs, ${numFaults} faults, ${numDifferent} runs with other numbers\n`,
    );
  }
} finally {
  await nats?.stop();
  await threads.close();
}
const kinds = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
process.stdout.write(`${kinds.map(([kind, count]) => `${kind} ${count}`).join(", ")}\n`);
process.exitCode = isAllSame ? 0 : 1;
