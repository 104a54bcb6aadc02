import { statSync } from "node:fs";
import { resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import { runClient } from "@atoll/network/hosting";
import { readClientIdentity } from "@atoll/network/identity";
import type { Log, LogLevel } from "@atoll/network/operations";
import type { SiloEvent } from "@atoll/network/silo";
import type { AtollContext } from "../../context.ts";
import { clientLine } from "../../terminal/client-lines.ts";
import { behindProxy, clientFolder, dataFlag } from "../deployment-flags.ts";
import { deploymentText } from "../deployment-text.ts";
import { logLevelFlag, processLog } from "../process-log.ts";
import { UsageError, wholeNumber } from "../run.ts";
import { untilStopped } from "../stoppable.ts";
import { natsCarrier, natsFlag } from "./nats.ts";

interface RunFlags {
  readonly data: string;
  readonly threads?: number;
  readonly behindProxy: boolean;
  readonly nats?: readonly string[];
  readonly logLevel: LogLevel;
}

export const runCommand = buildCommand<RunFlags, [string], AtollContext>({
  docs: {
    brief: "Run a client beside its data: it asks its server for work; nothing listens here",
  },
  parameters: {
    positional: { kind: "tuple", parameters: [clientFolder] },
    flags: {
      data: dataFlag,
      threads: {
        kind: "parsed",
        parse: wholeNumber(1),
        optional: true,
        brief: "threads in all; default: the machine's cores; never changes a number",
        placeholder: "N",
      },
      behindProxy,
      nats: natsFlag,
      logLevel: logLevelFlag,
    },
  },
  func: async function (this: AtollContext, flags: RunFlags, directory: string) {
    const folder = resolve(this.cwd, directory);
    const data = resolve(this.cwd, flags.data);
    const { client, urls } = readClientIdentity(folder);
    if (statSync(data, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw new UsageError(deploymentText.noData(data));
    const { log, show, greet, say } = processLog<SiloEvent>(this, {
      level: flags.logLevel,
      lineOf: clientLine,
      isToldByLines: (event) => event === "client.starting" || event === "session.open",
      toLog: logEvent,
    });
    greet(deploymentText.clientRuns(client, { urls: urls.join(", "), data }));
    log.info("client.starting", { client, urls, data });
    await untilStopped(
      this,
      (signal) =>
        runClient(
          {
            directory: folder,
            dataDirectory: data,
            now: () => this.now().getTime(),
            log,
            onEvent: show,
            trustSystem: flags.behindProxy,
            ...(flags.threads !== undefined && { threads: flags.threads }),
            ...(flags.nats && { carrier: natsCarrier(folder, flags.nats) }),
          },
          signal,
        ),
      { say },
    );
  },
});

/** The fields of an event under its own name. */
function logEvent(log: Log, { kind, ...fields }: SiloEvent, level: LogLevel): void {
  log[level](`silo.${kind}`, fields);
}
