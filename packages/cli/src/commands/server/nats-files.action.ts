import { resolve } from "node:path";
import { writeNatsFiles, type NatsLeaf } from "@atoll/network/hosting";
import type { AtollContext } from "../../context.ts";
import { administrate } from "../administrate.ts";
import { word } from "../deployment-flags.ts";
import { deploymentText } from "../deployment-text.ts";
import { UsageError } from "../usage-error.ts";
import type { NatsFilesFlags } from "./nats-files.ts";

export async function action(context: AtollContext, flags: NatsFilesFlags, directory: string) {
  const leaves = (flags.leaf ?? []).map(leafOf);
  const clients = await administrate(
    context,
    { directory, recordUrl: flags.record },
    async (asked) => await asked.clients(),
  );
  const { coordinator, folders } = await writeNatsFiles(resolve(context.cwd, directory), {
    out: resolve(context.cwd, flags.out),
    hosts: flags.host,
    port: flags.port,
    clients: clients.filter((one) => one.certificates.length > 0).map(({ name }) => name),
    leaves,
    now: () => context.now().getTime(),
  });
  const { ca, cert, key } = coordinator;
  const place = `${flags.host[0]!}:${flags.port}`;
  context.process.stdout.write(
    `${deploymentText.natsWritten(folders, { directory, place, tls: [ca, cert, key].join(",") })}\n`,
  );
}

/** Reads `eu@nats-eu.example.org=de,fr`. */
function leafOf(text: string): NatsLeaf {
  const [, name, host, clients] = /^([\w-]+)@([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || host === undefined || clients === undefined)
    throw new UsageError(
      `--leaf ${text} is not of the form REGION@NAME=CLIENT,CLIENT, such as eu@nats-eu.example.org=de,fr`,
    );
  return { name, hosts: [host], clients: clients.split(",").map((client) => word(client)) };
}
