import type { AtollContext } from "../../context.ts";
import { administrate } from "../administrate.ts";
import { deploymentText } from "../deployment-text.ts";
import type { RevokeFlags } from "./revoke.ts";

export async function action(
  context: AtollContext,
  { record }: RevokeFlags,
  directory: string,
  client: string,
) {
  await administrate(context, { directory, recordUrl: record }, (asked) => asked.revoke(client));
  context.process.stdout.write(`${deploymentText.revoked(client)}\n`);
}
