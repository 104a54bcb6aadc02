import { writeSync } from "node:fs";
import { silentLog } from "../operations/index.ts";
import { openServer } from "./open-server.ts";
import type { ServerProcessOptions } from "./processes.fixture.ts";

/*
 * A server that says each transition once it is committed, and kills itself at the one that it is told. Arguments:
 * its options as JSON.
 */
const { killAt, ...options } = JSON.parse(process.argv[2]!) as ServerProcessOptions;
let count = 0;
const server = await openServer({
  ...options,
  now: () => Date.now(),
  log: silentLog,
  onTransition: (name) => {
    count += 1;
    writeSync(1, `${name}\n`);
    if (count === killAt) process.kill(process.pid, "SIGKILL");
  },
});
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
writeSync(1, "ready\n");
await server.run(stop.signal);
