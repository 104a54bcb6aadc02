import { writeSync } from "node:fs";
import { idlePools } from "../../../node/src/workers/idle-pools.fixture.ts";
import { silentLog } from "../operations/index.ts";
import { runClient } from "./open-client.ts";
import type { ClientProcessOptions } from "./processes.fixture.ts";

/*
 * A silo that says each step once it is done, and kills itself at the one that it is told. Arguments: its options as
 * JSON.
 */
const { killAt, ...options } = JSON.parse(process.argv[2]!) as ClientProcessOptions;
let count = 0;
const stop = new AbortController();
const threads = idlePools();
process.once("SIGTERM", () => stop.abort());
await runClient(
  {
    ...options,
    now: () => Date.now(),
    log: {
      ...silentLog,
      warn: (name, fields) => {
        if (fields?.["code"] === "SERVER_BUSY") writeSync(2, `${name} SERVER_BUSY\n`);
      },
    },
    threads: 1,
    openPool: threads.open,
    // What is missed by a hair is asked for soon.
    waitMs: 2000,
    pauseMs: 50,
    limits: { baseMs: 50, capMs: 500 },
    onTransition: (step) => {
      count += 1;
      writeSync(1, `${step}\n`);
      if (count === killAt) process.kill(process.pid, "SIGKILL");
    },
    onEvent: (event) => {
      if (event.kind === "connected") writeSync(1, "ready\n");
      if (event.kind === "failed" || event.kind === "error" || event.kind === "job-refused")
        writeSync(2, `${JSON.stringify(event)}\n`);
    },
  },
  stop.signal,
);
// A thread that waits for work keeps the process from its end.
await threads.close();
