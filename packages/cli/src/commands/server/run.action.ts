import { resolve } from "node:path";
import type { CoordinatorEvent } from "@atoll/network/coordinator";
import { openServer } from "@atoll/network/hosting";
import type { AtollContext } from "../../context.ts";
import { serverLine } from "../../terminal/server-lines.ts";
import { deploymentText } from "../deployment-text.ts";
import { processLog } from "../process-log.ts";
import { untilStopped } from "../stoppable.ts";
import { natsCarrier } from "./nats.ts";
import type { RunFlags } from "./run.ts";

export async function action(context: AtollContext, flags: RunFlags, directory: string) {
  const { log, show, greet, say } = processLog<CoordinatorEvent>(context, {
    level: flags.logLevel,
    lineOf: serverLine,
    isToldByLines: (event) =>
      /^(?:run|cell|round|client)\.|^(?:accepted|answer|server\.listening|admin\.submitted)$/.test(
        event,
      ),
    // The server writes its events into its log itself.
    toLog: undefined,
  });
  const folder = resolve(context.cwd, directory);
  const nats = natsCarrier(context, flags, (problem) =>
    log.warn("nats.problem", { problem: String(problem) }),
  );
  const server = await openServer({
    directory: folder,
    recordUrl: flags.record,
    host: flags.listen,
    port: flags.port,
    adminPort: flags.adminPort,
    urls: flags.url,
    trustProxy: flags.trustProxy,
    ...(nats && { carriers: [nats] }),
    now: () => context.now().getTime(),
    log,
    onEvent: show,
  });
  const addresses = server.addresses.join(", ");
  greet(deploymentText.serverRuns(directory, { addresses, admin: server.adminAddress }));
  log.info("server.listening", { addresses: server.addresses, admin: server.adminAddress });
  await untilStopped(context, server.run, { say });
}
