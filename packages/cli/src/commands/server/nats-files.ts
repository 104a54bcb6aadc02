import { resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import { writeNatsFiles, type NatsLeaf } from "@atoll/network/hosting";
import type { AtollContext } from "../../context.ts";
import { administrate } from "../administrate.ts";
import { port, recordOfStopped, serverFolder, word } from "../deployment-flags.ts";
import { deploymentText } from "../deployment-text.ts";
import { UsageError } from "../run.ts";

interface NatsFilesFlags {
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
  func: async function (this: AtollContext, flags: NatsFilesFlags, directory: string) {
    const leaves = (flags.leaf ?? []).map(leafOf);
    const clients = await administrate(
      this,
      { directory, recordUrl: flags.record },
      async (asked) => await asked.clients(),
    );
    const { coordinator, folders } = await writeNatsFiles(resolve(this.cwd, directory), {
      out: resolve(this.cwd, flags.out),
      hosts: flags.host,
      port: flags.port,
      clients: clients.filter((one) => one.certificates.length > 0).map(({ name }) => name),
      leaves,
      now: () => this.now().getTime(),
    });
    const { ca, cert, key } = coordinator;
    const place = `${flags.host[0]!}:${flags.port}`;
    this.process.stdout.write(
      `${deploymentText.natsWritten(folders, { directory, place, tls: [ca, cert, key].join(",") })}\n`,
    );
  },
});

/** Reads `eu@nats-eu.example.org=de,fr`. */
function leafOf(text: string): NatsLeaf {
  const [, name, host, clients] = /^([\w-]+)@([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || host === undefined || clients === undefined)
    throw new UsageError(
      `--leaf ${text} is not of the form REGION@NAME=CLIENT,CLIENT, such as eu@nats-eu.example.org=de,fr`,
    );
  return { name, hosts: [host], clients: clients.split(",").map((client) => word(client)) };
}
