import type { AtollContext } from "../../context.ts";
import { administrate } from "../administrate.ts";
import { deploymentText } from "../deployment-text.ts";
import type { InviteFlags } from "./invite.ts";

const HOUR_MS = 3_600_000;

export async function action(
  context: AtollContext,
  { validHours, record }: InviteFlags,
  directory: string,
  client: string,
) {
  const validForMs = Math.max(60_000, Math.round(validHours * HOUR_MS));
  const { invitation, expiresAtMs } = await administrate(
    context,
    { directory, recordUrl: record },
    (asked) => asked.invite({ client, validForMs }),
  );
  const until = `${new Date(expiresAtMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  context.process.stderr.write(`${deploymentText.invited(client, { until })}\n`);
  context.process.stdout.write(`${invitation}\n`);
}
