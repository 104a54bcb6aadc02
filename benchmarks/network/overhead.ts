import type { OverheadRow } from "./results.ts";
import { clientNames, startRig } from "./rig.ts";
import type { RunParams, RunResult } from "./server-process.ts";

const RUN: Omit<RunParams, "run" | "rounds" | "checkpointSeconds"> = {
  size: { arrays: 4, numbers: 100 },
  cohort: 0,
  rules: {},
  optional: true,
};
const WARM_ROUNDS = 30;

/** Rounds of a model of 400 numbers with silos that answer at once, in two processes at most. */
export async function measureOverhead(
  record: OverheadRow["record"],
  {
    clients,
    rounds,
    checkpointSeconds,
    recordUrl,
  }: {
    readonly clients: number;
    readonly rounds: number;
    readonly checkpointSeconds: number;
    readonly recordUrl?: string;
  },
): Promise<OverheadRow> {
  const rig = await startRig({
    clients: clientNames(clients),
    processes: Math.min(2, clients),
    ...(recordUrl !== undefined && { recordUrl }),
  });
  try {
    const run = (name: string, numRounds: number) =>
      rig.server.ask<RunResult>("run", { ...RUN, run: name, rounds: numRounds, checkpointSeconds });
    await run("warm", WARM_ROUNDS);
    await rig.server.ask("resetUsage");
    const { rounds: measured, receiving } = await run("measured", rounds);
    return {
      record,
      clients,
      checkpointSeconds,
      ms: measured.map(({ ms }) => ms),
      cpuMs: (receiving.cpuSeconds * 1000) / rounds,
    };
  } finally {
    await rig.close();
  }
}
