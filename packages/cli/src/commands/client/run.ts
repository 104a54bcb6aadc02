import { buildCommand } from "@stricli/core";
import type { LogLevel } from "@atoll/network/operations";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { behindProxy, clientFolder, dataFlag } from "../deployment-flags.ts";
import { logLevelFlag } from "../log-level-flag.ts";
import { wholeNumber } from "../whole-number.ts";
import { natsFlag } from "./nats-flag.ts";

export interface RunFlags {
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
  loader: lazily(() => import("./run.action.ts")),
});
