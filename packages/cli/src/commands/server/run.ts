import { resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import type { CoordinatorEvent } from "@atoll/network/coordinator";
import { DEFAULT_PORT, openServer } from "@atoll/network/hosting";
import { DEFAULT_ADMIN_PORT, type LogLevel } from "@atoll/network/operations";
import type { AtollContext } from "../../context.ts";
import { serverLine } from "../../terminal/server-lines.ts";
import { port, record, serverFolder, word } from "../deployment-flags.ts";
import { deploymentText } from "../deployment-text.ts";
import { logLevelFlag, processLog } from "../process-log.ts";
import { untilStopped } from "../stoppable.ts";
import { natsCarrier, natsFlags, type NatsFlags } from "./nats.ts";

interface RunFlags extends NatsFlags {
  readonly record?: string;
  readonly listen: string;
  readonly port: number;
  readonly adminPort: number;
  readonly url?: readonly string[];
  readonly trustProxy: boolean;
  readonly logLevel: LogLevel;
}

export const runCommand = buildCommand<RunFlags, [string], AtollContext>({
  docs: { brief: "Run a server: it answers clients, and works on all runs that are submitted" },
  parameters: {
    positional: { kind: "tuple", parameters: [serverFolder] },
    flags: {
      record,
      listen: {
        kind: "parsed",
        parse: String,
        default: "0.0.0.0",
        brief: "the address to listen at for clients",
        placeholder: "HOST",
      },
      port: port("the port for clients; 0: any free one", DEFAULT_PORT),
      adminPort: port("the port for commands and metrics, on 127.0.0.1", DEFAULT_ADMIN_PORT),
      url: {
        kind: "parsed",
        parse: word,
        variadic: ",",
        optional: true,
        brief: "where clients reach it, if not at its names with its port: https://NAME:PORT",
        placeholder: "URL",
      },
      trustProxy: {
        kind: "boolean",
        default: false,
        brief: "a proxy before it ends TLS: clients are known by their signatures alone",
      },
      ...natsFlags,
      logLevel: logLevelFlag,
    },
  },
  func: async function (this: AtollContext, flags: RunFlags, directory: string) {
    const { log, show, greet, say } = processLog<CoordinatorEvent>(this, {
      level: flags.logLevel,
      lineOf: serverLine,
      isToldByLines: (event) =>
        /^(?:run|cell|round|client)\.|^(?:accepted|answer|server\.listening|admin\.submitted)$/.test(
          event,
        ),
      // The server writes its events into its log itself.
      toLog: undefined,
    });
    const folder = resolve(this.cwd, directory);
    const nats = natsCarrier(this, flags, (problem) =>
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
      now: () => this.now().getTime(),
      log,
      onEvent: show,
    });
    const addresses = server.addresses.join(", ");
    greet(deploymentText.serverRuns(directory, { addresses, admin: server.adminAddress }));
    log.info("server.listening", { addresses: server.addresses, admin: server.adminAddress });
    await untilStopped(this, server.run, { say });
  },
});
