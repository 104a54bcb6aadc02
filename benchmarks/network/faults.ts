import { isDeepStrictEqual } from "node:util";
import { idlePools } from "../../packages/node/src/workers/idle-pools.fixture.ts";
import { findNats, startNats } from "../../packages/network/src/carriers/nats/nats.fixture.ts";
import { deploy } from "../../packages/network/src/hosting/deployment.fixture.ts";
import { tinyExperiment } from "../../packages/network/src/hosting/experiments.fixture.ts";
import { runThroughFaults } from "../../packages/network/src/hosting/faulty-run.fixture.ts";

import { today, type FaultProof } from "./proofs.ts";

export interface FaultOptions {
  /** Runs over each carrier, each with faults of its own. */
  readonly runs: number;
  readonly first: number;
  /** That are damaged in each run. */
  readonly connections: number;
  readonly carrier?: string | undefined;
  readonly say: (line: string) => void;
}

const CLIENTS = ["a", "b"];
const DEADLINE_MS = 180_000;

/**
 * Runs a small federation through a proxy that cuts, resets, delays, truncates, corrupts, doubles, reorders and stalls
 * what passes, at bytes that a seed decides, over HTTPS and over NATS, and compares all that comes of it with an
 * undisturbed run, bit for bit.
 */
export async function proveFaults(options: FaultOptions): Promise<FaultProof> {
  const threads = idlePools();
  const experiment = tinyExperiment({ federation: { rounds: 6, shared: ["segment"] } });
  const nats = findNats() === undefined ? undefined : await startNats();
  const carriers = [["https", undefined] as const, ...(nats ? [["nats", nats.port] as const] : [])];
  const counts = new Map<string, number>();
  const rows: FaultProof["rows"][number][] = [];
  try {
    const deployment = await deploy(CLIENTS, threads);
    for (const client of CLIENTS) deployment.startSilo(client);
    const run = await deployment.submit(experiment);
    await deployment.untilForgotten(run);
    const expected = await deployment.numbers(run);
    await deployment.close();
    if (expected.state !== "done") throw new Error(`${expected.state}: ${expected.reason}`);

    for (const [carrier, natsPort] of carriers) {
      if (options.carrier !== undefined && options.carrier !== carrier) continue;
      let faults = 0;
      let different = 0;
      for (let seed = options.first; seed < options.first + options.runs; seed++) {
        try {
          const { numbers, happened } = await runThroughFaults({
            clients: CLIENTS,
            experiment,
            threads,
            seed,
            connections: options.connections,
            deadlineMs: DEADLINE_MS,
            ...(natsPort !== undefined && { natsPort }),
          });
          faults += happened.length;
          for (const { kind } of happened) counts.set(kind, (counts.get(kind) ?? 0) + 1);
          if (isDeepStrictEqual(numbers, expected)) continue;
          options.say(`${carrier}, seed ${seed}: ${numbers.state} ${numbers.reason ?? ""}`);
        } catch (error) {
          options.say(`${carrier}, seed ${seed}: ${String(error)}`);
        }
        different += 1;
      }
      rows.push({ carrier, runs: options.runs, faults, different });
      options.say(
        `${carrier}: ${options.runs} runs, ${faults} faults, ${different} runs with other numbers`,
      );
    }
  } finally {
    await nats?.stop();
    await threads.close();
  }
  const kinds = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { date: today(), rows, kinds: Object.fromEntries(kinds) };
}
