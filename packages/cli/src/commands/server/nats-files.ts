import { buildCommand } from "@stricli/core";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { port, recordOfStopped, serverFolder, word } from "../deployment-flags.ts";

export interface NatsFilesFlags {
  readonly host: readonly string[];
  readonly out: string;
  readonly port: number;
  readonly leaf?: readonly string[];
  readonly record?: string;
}

const NATS_PORT = 4222;

export const natsFilesCommand = buildCommand<NatsFilesFlags, [string], AtollContext>({
  docs: {
    brief: "Write the configuration and certificates of NATS servers that carry calls",
    fullDescription:
      "Write the configuration and certificates of NATS servers that carry calls: a hub, and leaf nodes for regions. Type it again after somebody joined or was revoked, and let the NATS servers read it (nats-server --signal reload).",
  },
  parameters: {
    positional: { kind: "tuple", parameters: [serverFolder] },
    flags: {
      host: {
        kind: "parsed",
        parse: word,
        variadic: ",",
        brief: "names or addresses by which the NATS server is reached",
        placeholder: "NAME",
      },
      out: {
        kind: "parsed",
        parse: String,
        brief: "the folder to write; certificates in it that still hold are kept",
        placeholder: "FOLDER",
      },
      port: port("the port of the NATS servers", NATS_PORT),
      leaf: {
        kind: "parsed",
        parse: String,
        variadic: true,
        optional: true,
        brief: "a leaf node: its region, the name it is reached by, its clients",
        placeholder: "REGION@NAME=CLIENT,CLIENT",
      },
      record: recordOfStopped,
    },
  },
  loader: lazily(() => import("./nats-files.action.ts")),
});
