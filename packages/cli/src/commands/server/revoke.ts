import { buildCommand } from "@stricli/core";
import type { AtollContext } from "../../context.ts";
import { administrate } from "../administrate.ts";
import { recordOfStopped, serverFolder } from "../deployment-flags.ts";
import { deploymentText } from "../deployment-text.ts";

interface RevokeFlags {
  readonly record?: string;
}

export const revokeCommand = buildCommand<RevokeFlags, [string, string], AtollContext>({
  docs: { brief: "End all certificates and open invitations of a client, at once" },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [serverFolder, { brief: "its name", parse: String, placeholder: "CLIENT" }],
    },
    flags: { record: recordOfStopped },
  },
  func: async function (
    this: AtollContext,
    { record }: RevokeFlags,
    directory: string,
    client: string,
  ) {
    await administrate(this, { directory, recordUrl: record }, (asked) => asked.revoke(client));
    this.process.stdout.write(`${deploymentText.revoked(client)}\n`);
  },
});
