import { resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import { initServer } from "@atoll/network/hosting";
import type { AtollContext } from "../../context.ts";
import { serverFolder, word } from "../deployment-flags.ts";
import { deploymentText } from "../deployment-text.ts";

interface InitFlags {
  readonly host: readonly string[];
}

export const initCommand = buildCommand<InitFlags, [string], AtollContext>({
  docs: { brief: "Make the folder of a new server: an authority, a certificate, keys" },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ ...serverFolder, brief: "the folder to make" }],
    },
    flags: {
      host: {
        kind: "parsed",
        parse: word,
        variadic: ",",
        brief: "names or addresses by which clients reach it, such as atoll.example.org",
        placeholder: "NAME",
      },
    },
  },
  func: async function (this: AtollContext, { host }: InitFlags, directory: string) {
    const { fingerprint } = await initServer(resolve(this.cwd, directory), {
      hosts: host,
      now: () => this.now().getTime(),
    });
    const hosts = host.join(", ");
    this.process.stdout.write(`${deploymentText.serverMade(directory, { fingerprint, hosts })}\n`);
  },
});
