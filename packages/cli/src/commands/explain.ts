import { buildCommand } from "@stricli/core";
import { lazily } from "./lazily.ts";
import type { AtollContext } from "../context.ts";

export const explainCommand = buildCommand<object, [string?], AtollContext>({
  docs: { brief: "Say what an error's code means and what to do; without one, list them all" },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "the code, as it stands in brackets before an error's message",
          parse: String,
          placeholder: "CODE",
          optional: true,
        },
      ],
    },
  },
  loader: lazily(() => import("./explain.action.ts")),
});
