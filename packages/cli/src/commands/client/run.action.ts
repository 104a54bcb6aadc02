import { statSync } from "node:fs";
import { resolve } from "node:path";
import { runClient } from "@atoll/network/hosting";
import { readClientIdentity } from "@atoll/network/identity";
import type { Log, LogLevel } from "@atoll/network/operations";
import type { SiloEvent } from "@atoll/network/silo";
import type { AtollContext } from "../../context.ts";
import { clientLine } from "../../terminal/client-lines.ts";
import { deploymentText } from "../deployment-text.ts";
import { processLog } from "../process-log.ts";
import { UsageError } from "../usage-error.ts";
import { untilStopped } from "../stoppable.ts";
import { natsCarrier } from "./nats.ts";
import type { RunFlags } from "./run.ts";

export async function action(context: AtollContext, flags: RunFlags, directory: string) {
  const folder = resolve(context.cwd, directory);
  const data = resolve(context.cwd, flags.data);
  const { client, urls } = readClientIdentity(folder);
  if (statSync(data, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UsageError(deploymentText.noData(data));
  const { log, show, greet, say } = processLog<SiloEvent>(context, {
    level: flags.logLevel,
    lineOf: clientLine,
    isToldByLines: (event) => event === "client.starting" || event === "session.open",
    toLog: logEvent,
  });
  greet(deploymentText.clientRuns(client, { urls: urls.join(", "), data }));
  log.info("client.starting", { client, urls, data });
  await untilStopped(
    context,
    (signal) =>
      runClient(
        {
          directory: folder,
          dataDirectory: data,
          now: () => context.now().getTime(),
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
}

/** The fields of an event under its own name. */
function logEvent(log: Log, { kind, ...fields }: SiloEvent, level: LogLevel): void {
  log[level](`silo.${kind}`, fields);
}
