import { buildCommand } from "@stricli/core";
import type { AtollContext } from "../../context.ts";
import { administrate } from "../administrate.ts";
import { positive, recordOfStopped, serverFolder, word } from "../deployment-flags.ts";
import { deploymentText } from "../deployment-text.ts";

interface InviteFlags {
  readonly validHours: number;
  readonly record?: string;
}

const HOUR_MS = 3_600_000;
const MOST_HOURS = 30 * 24;

export const inviteCommand = buildCommand<InviteFlags, [string, string], AtollContext>({
  docs: { brief: "Print a one-line invitation with which one silo can join, once" },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        serverFolder,
        {
          brief: "the silo's name, as experiments call it",
          parse: word,
          placeholder: "CLIENT",
        },
      ],
    },
    flags: {
      validHours: {
        kind: "parsed",
        parse: (input: string) => {
          const hours = positive(input);
          if (hours > MOST_HOURS)
            throw new SyntaxError(`${input} is too long; give at most ${MOST_HOURS} hours`);
          return hours;
        },
        default: "24",
        brief: "for so long it can be used; at most 720",
        placeholder: "N",
      },
      record: recordOfStopped,
    },
  },
  func: async function (
    this: AtollContext,
    { validHours, record }: InviteFlags,
    directory: string,
    client: string,
  ) {
    const validForMs = Math.max(60_000, Math.round(validHours * HOUR_MS));
    const { invitation, expiresAtMs } = await administrate(
      this,
      { directory, recordUrl: record },
      (asked) => asked.invite({ client, validForMs }),
    );
    const until = `${new Date(expiresAtMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
    this.process.stderr.write(`${deploymentText.invited(client, { until })}\n`);
    this.process.stdout.write(`${invitation}\n`);
  },
});
