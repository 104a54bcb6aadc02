import { startBroker, type Broker } from "./broker.ts";
import type { UploadRow } from "./results.ts";
import { clientNames, startRig } from "./rig.ts";
import type { RunParams, RunResult } from "./server-process.ts";
import type { Held, Sent } from "./silo-process.ts";
import type { Usage } from "./usage.ts";

/** 100 MB of 32-bit numbers. */
export const UPLOAD_SIZE = { arrays: 25, numbers: 1_000_000 };

const RUN: RunParams = {
  run: "upload",
  size: UPLOAD_SIZE,
  rounds: 1,
  cohort: 0,
  rules: {},
  optional: false,
  checkpointSeconds: 0,
};

type Carrier = UploadRow["carrier"];

/** All silos have their answers ready, and send them at the same moment. */
export async function measureUpload(
  carrier: Carrier,
  numClients: number,
): Promise<UploadRow | undefined> {
  const clients = clientNames(numClients);
  const nats = carrier === "NATS" ? await startBroker(clients) : undefined;
  if (carrier === "NATS" && nats === undefined) return undefined;
  try {
    return await measure(carrier, clients, nats);
  } finally {
    await nats?.stop();
  }
}

async function measure(
  carrier: Carrier,
  clients: readonly string[],
  nats: Broker | undefined,
): Promise<UploadRow> {
  const rig = await startRig({ clients, silo: { hold: true }, ...(nats && { nats }) });
  try {
    const { server, silos } = rig;
    const running = server.ask<RunResult>("run", RUN);
    const held = await Promise.all(silos.map((silo) => silo.ask<Held>("held")));
    await server.ask("resetUsage");
    const { residentMiB } = await server.ask<Usage>("usage");
    const beginMs = performance.now();
    const sent = await Promise.all(silos.map((silo) => silo.ask<Sent>("release")));
    const wallSeconds = (performance.now() - beginMs) / 1000;
    const { receiving, aggregating } = await running;
    return {
      carrier,
      clients: clients.length,
      wallSeconds,
      slowestSeconds: Math.max(...sent.map(({ seconds }) => seconds)),
      fetchSeconds: Math.max(...held.map(({ fetchSeconds }) => fetchSeconds)),
      cpuSeconds: receiving.cpuSeconds,
      beforeMiB: residentMiB,
      receivingMiB: receiving.peakMiB,
      aggregatingMiB: aggregating.peakMiB,
    };
  } finally {
    await rig.close();
  }
}
