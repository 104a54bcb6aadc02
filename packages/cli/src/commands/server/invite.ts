import { buildCommand } from "@stricli/core";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { positive, recordOfStopped, serverFolder, word } from "../deployment-flags.ts";

export interface InviteFlags {
  readonly validHours: number;
  readonly record?: string;
}

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
  loader: lazily(() => import("./invite.action.ts")),
});
