import { buildCommand } from "@stricli/core";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { serverFolder, word } from "../deployment-flags.ts";

export interface InitFlags {
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
  loader: lazily(() => import("./init.action.ts")),
});
