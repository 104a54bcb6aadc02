import { rmSync, mkdirSync } from "node:fs";
import { readExperiment, parseOverride } from "@atoll/node/experiment";
import { initServer, openServer, joinServer, runClient } from "@atoll/network/hosting";
import { createLog, silentLog, adminClientOf } from "@atoll/network/operations";
const base = "/tmp/b/f/w"; rmSync(base, { recursive: true, force: true });
const now = () => Date.now();
await initServer(`${base}/server`, { hosts: ["127.0.0.1"], now });
const log = createLog({ write: (l) => process.stdout.write(l), level: "debug" });
const server = await openServer({ directory: `${base}/server`, host: "127.0.0.1", port: 0, adminPort: 0, now, log });
const stop = new AbortController();
const running = server.run(stop.signal);
const admin = adminClientOf(`${base}/server`);
const experiment = await readExperiment("/work/main/examples/synthetic.yaml", process.argv.slice(2).map(parseOverride));
const { clientsOfWorld } = await import("@atoll/core/data");
const names = [...clientsOfWorld(experiment.data as never)];
console.log(names);
const silos = [];
for (const name of names) {
  const { invitation } = await admin.invite({ client: name });
  await joinServer(invitation, { directory: `${base}/${name}`, now });
  mkdirSync(`${base}/${name}/data`);
  silos.push(runClient({ directory: `${base}/${name}`, dataDirectory: `${base}/${name}/data`, now, log: silentLog, threads: 1, onEvent: (e) => { if (!["work","upload","preparing"].includes(e.kind)) console.log(name, JSON.stringify(e).slice(0, 300)); } }, stop.signal).catch((e) => console.log(name, "ENDED", e)));
}
const submitted = await admin.submit({ experiment: experiment as never });
console.log(submitted);
for (;;) {
  const run = (await admin.run(submitted.id))!;
  if (["done", "failed", "cancelled"].includes(run.state)) { console.log(JSON.stringify(run, null, 1)); break; }
  await new Promise((r) => setTimeout(r, 500));
}
await new Promise((r) => setTimeout(r, 3000));
stop.abort();
await running; await Promise.all(silos);
