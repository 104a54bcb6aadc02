import { buildCommand } from "@stricli/core";
import type { LogLevel } from "@atoll/network/operations";
import { ADMIN_PORT, CLIENT_PORT } from "../ports.ts";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { port, record, serverFolder, word } from "../deployment-flags.ts";
import { logLevelFlag } from "../log-level-flag.ts";
import { natsFlags, type NatsFlags } from "./nats-flags.ts";

export interface RunFlags extends NatsFlags {
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
      port: port("the port for clients; 0: any free one", CLIENT_PORT),
      adminPort: port("the port for commands and metrics, on 127.0.0.1", ADMIN_PORT),
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
  loader: lazily(() => import("./run.action.ts")),
});
